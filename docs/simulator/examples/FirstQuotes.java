// Hear the market on the data stream: java -cp 'jars/*' FirstQuotes.java SSI_ENV_FILE [CHANNEL] (Java 17 or later).
import com.github.signalr4j.client.NullLogger;
import com.github.signalr4j.client.hubs.HubConnection;
import com.github.signalr4j.client.transport.WebsocketTransport;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

public class FirstQuotes {
    static final Gson JSON = new Gson();

    public static void main(String[] arguments) throws Exception {
        var settings = new Properties();
        settings.load(Files.newBufferedReader(Path.of(arguments[0])));
        var url = settings.getProperty("SSI_DATA_URL");
        var login = JSON.toJson(Map.of(
            "consumerID", settings.get("SSI_API_KEY"), "consumerSecret", settings.get("SSI_API_SECRET")));
        var request = HttpRequest.newBuilder(URI.create(url + "api/v2/Market/AccessToken"))
            .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(login)).build();
        var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
        var token = JSON.fromJson(answer, JsonObject.class).getAsJsonObject("data").get("accessToken").getAsString();

        var heard = new LinkedBlockingQueue<String>();
        var connection = new HubConnection(url + "v2.0", null, true, new NullLogger()); // the library adds /signalr
        connection.getHeaders().put("Authorization", "Bearer " + token);
        var hub = connection.createHubProxy("FcMarketDataV2Hub");
        hub.on("Broadcast", heard::add, String.class);
        connection.start(new WebsocketTransport(new NullLogger())).get(10, TimeUnit.SECONDS);
        hub.invoke("SwitchChannels", arguments.length > 1 ? arguments[1] : "X:VIC-FPT");

        for (var told = 0; told < 10; told++) {
            var message = JSON.fromJson(heard.poll(30, TimeUnit.SECONDS), JsonObject.class);
            if (message == null) throw new TimeoutException("nothing heard for 30 s; the control page shows the market's phase");
            var quote = JSON.fromJson(message.get("Content").getAsString(), JsonObject.class);
            System.out.println(Stream.of("Symbol", "LastPrice", "BidPrice1", "AskPrice1")
                .map(name -> quote.get(name).getAsString()).collect(Collectors.joining(" ")));
        }
        System.exit(0); // the library's threads would keep the program alive
    }
}
