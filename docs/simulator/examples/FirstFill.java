// Buy 100 VIC and hear the fill on the trading stream: java -cp 'jars/*' FirstFill.java SSI_ENV_FILE (Java 17 or later).
import com.github.signalr4j.client.NullLogger;
import com.github.signalr4j.client.hubs.HubConnection;
import com.github.signalr4j.client.transport.WebsocketTransport;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.RSAPrivateKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

public class FirstFill {
    static final HttpClient HTTP = HttpClient.newHttpClient();
    static final Gson JSON = new Gson();

    public static void main(String[] arguments) throws Exception {
        var settings = new Properties();
        settings.load(Files.newBufferedReader(Path.of(arguments[0])));
        var url = settings.getProperty("SSI_API_URL");

        var login = JSON.toJson(Map.of(
            "consumerID", settings.get("SSI_API_KEY"), "consumerSecret", settings.get("SSI_API_SECRET"),
            "twoFactorType", 0, "code", settings.get("SSI_PIN"), "isSave", true));
        var token = post(url + "api/v2/Trading/AccessToken", login).getAsJsonObject("data").get("accessToken").getAsString();

        var heard = new LinkedBlockingQueue<String>();
        var connection = new HubConnection(url + "v2.0", null, true, new NullLogger()); // the library adds /signalr
        connection.getHeaders().put("Authorization", "Bearer " + token);
        connection.getHeaders().put("NotifyID", "-1"); // 0: the whole day; n: from message n on
        connection.createHubProxy("BroadcastHubV2").on("Broadcast", heard::add, String.class);
        connection.start(new WebsocketTransport(new NullLogger())).get(10, TimeUnit.SECONDS);

        var order = JSON.toJson(Map.ofEntries(
            Map.entry("account", settings.get("SSI_ACCOUNT")), Map.entry("instrumentID", "VIC"), Map.entry("market", "VN"),
            Map.entry("requestID", Long.toString(System.currentTimeMillis() % 100_000_000)), Map.entry("buySell", "B"),
            Map.entry("orderType", "LO"), Map.entry("price", 86_500), Map.entry("quantity", 100),
            Map.entry("channelID", "TA"), Map.entry("deviceId", "0A-1B-2C-3D-4E-5F"), Map.entry("userAgent", "FirstFill")));
        var key = privateKey(Path.of(settings.getProperty("SSI_PRIVATE_KEY_FILE")));
        System.out.println(post(url + "api/v2/Trading/NewOrder", order,
            "Authorization", "Bearer " + token, "X-Signature", signature(order, key)));

        for (var last = ""; !last.equals("FF") && !last.equals("orderError"); ) {
            var event = JSON.fromJson(heard.poll(30, TimeUnit.SECONDS), JsonObject.class);
            if (event == null) throw new TimeoutException("nothing heard for 30 s; the control page shows the market's phase");
            var type = event.get("type").getAsString();
            var data = event.getAsJsonObject("data");
            last = data.has("orderStatus") ? data.get("orderStatus").getAsString() : type;
            System.out.println(type + " " + Stream.of("orderStatus", "matchPrice", "message")
                .filter(data::has).map(name -> data.get(name).getAsString()).findFirst().orElse(""));
        }
        System.exit(0); // the library's threads would keep the program alive
    }

    /** RSA PKCS#1 v1.5 with SHA-256 over the body's exact bytes, in lower-case hexadecimal. */
    static String signature(String body, PrivateKey key) throws Exception {
        var signing = Signature.getInstance("SHA256withRSA");
        signing.initSign(key);
        signing.update(body.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(signing.sign());
    }

    /** The key as SSI hands it out: base64 of {@code <RSAKeyValue>}, whose elements are base64 again. */
    static PrivateKey privateKey(Path file) throws Exception {
        var xml = new String(Base64.getDecoder().decode(Files.readString(file).strip()), StandardCharsets.UTF_8);
        return KeyFactory.getInstance("RSA").generatePrivate(new RSAPrivateKeySpec(number(xml, "Modulus"), number(xml, "D")));
    }

    static BigInteger number(String xml, String name) {
        var base64 = xml.replaceFirst("(?s).*<" + name + ">(.+)</" + name + ">.*", "$1");
        return new BigInteger(1, Base64.getMimeDecoder().decode(base64));
    }

    static JsonObject post(String url, String body, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(url)).header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) request.headers(headers);
        return JSON.fromJson(HTTP.send(request.build(), BodyHandlers.ofString()).body(), JsonObject.class);
    }
}
