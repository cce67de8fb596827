// Buy 100 VIC and hear the fill, then ten quotes, over classic SignalR: FirstFill SSI_ENV_FILE (package Microsoft.AspNet.SignalR.Client).
using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNet.SignalR.Client;
using Microsoft.AspNet.SignalR.Client.Transports;
using Newtonsoft.Json.Linq;

public static class FirstFill
{
    static readonly HttpClient Http = new HttpClient();
    static readonly BlockingCollection<string> Heard = new BlockingCollection<string>();
    static string url;

    public static void Main(string[] arguments)
    {
        var settings = File.ReadLines(arguments[0]).Select(line => line.Split(new[] { '=' }, 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        url = settings["SSI_API_URL"];
        var login = new JObject { ["consumerID"] = settings["SSI_API_KEY"], ["consumerSecret"] = settings["SSI_API_SECRET"] };
        var data = Token(Post("Market/AccessToken", login));
        login.Add("twoFactorType", 0);
        login.Add("code", settings["SSI_PIN"]);
        login.Add("isSave", true);
        var token = Token(Post("Trading/AccessToken", login));

        var orders = Connected("BroadcastHubV2", token, "-1", out _);
        var key = Encoding.UTF8.GetString(Convert.FromBase64String(File.ReadAllText(settings["SSI_PRIVATE_KEY_FILE"])));
        var order = new JObject
        {
            ["account"] = settings["SSI_ACCOUNT"], ["requestID"] = new Random().Next(100000000).ToString(),
            ["instrumentID"] = "VIC", ["market"] = "VN", ["buySell"] = "B", ["orderType"] = "LO", ["price"] = 86500,
            ["quantity"] = 100, ["channelID"] = "TA", ["deviceId"] = "0A-1B-2C-3D-4E-5F", ["userAgent"] = "FirstFill",
        };
        Console.WriteLine(Post("Trading/NewOrder", order, token, key));
        JToken told;
        do
        {
            var message = JObject.Parse(Heard.Take());
            told = message["data"];
            Console.WriteLine(message["type"] + " " + (told["orderStatus"] ?? told["matchPrice"] ?? told["message"]));
        } while ((string)told["orderStatus"] != "FF" && told["message"] == null);
        orders.Stop();

        var market = Connected("FcMarketDataV2Hub", data, null, out var hub);
        hub.Invoke("SwitchChannels", "X:VIC-FPT").Wait();
        for (var count = 0; count < 10; count++)
        {
            var quote = JObject.Parse((string)JObject.Parse(Heard.Take())["Content"]);
            Console.WriteLine(quote["Symbol"] + " " + quote["LastPrice"] + " " + quote["BidPrice1"] + " " + quote["AskPrice1"]);
        }
        market.Stop();
    }

    static HubConnection Connected(string name, string token, string notifyId, out IHubProxy hub)
    {
        var connection = new HubConnection(url + "v2.0"); // the library adds /signalr
        connection.Headers.Add("Authorization", "Bearer " + token);
        if (notifyId != null) connection.Headers.Add("NotifyID", notifyId);
        hub = connection.CreateHubProxy(name);
        hub.On<string>("Broadcast", Heard.Add);
        connection.Start(new WebSocketTransport()).Wait();
        return connection;
    }

    static string Token(string answer) => (string)JObject.Parse(answer)["data"]["accessToken"];

    /// <summary>Signed over the body's exact bytes when there is a key: RSA PKCS#1 v1.5, SHA-256, lower-case hexadecimal.</summary>
    static string Post(string path, JObject content, string token = null, string key = null)
    {
        var body = Encoding.UTF8.GetBytes(content.ToString(Newtonsoft.Json.Formatting.None));
        var request = new HttpRequestMessage(HttpMethod.Post, url + "api/v2/" + path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.Add("Content-Type", "application/json");
        if (token != null) request.Headers.Add("Authorization", "Bearer " + token);
        if (key != null) request.Headers.Add("X-Signature", Signature(body, key));
        return Http.SendAsync(request).Result.Content.ReadAsStringAsync().Result;
    }

    static string Signature(byte[] body, string xml)
    {
        using (var rsa = RSA.Create())
        {
            rsa.FromXmlString(xml);
            var signed = rsa.SignData(body, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            return BitConverter.ToString(signed).Replace("-", "").ToLowerInvariant();
        }
    }
}
