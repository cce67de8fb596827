// Buy 100 VIC by raw HTTP: java FirstFill.java SSI_ENV_FILE (Java 17 or later, no libraries).
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
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Properties;

public class FirstFill {
    static final HttpClient HTTP = HttpClient.newHttpClient();

    public static void main(String[] arguments) throws Exception {
        var settings = new Properties();
        settings.load(Files.newBufferedReader(Path.of(arguments[0])));
        var url = settings.getProperty("SSI_API_URL");
        var account = settings.getProperty("SSI_ACCOUNT");

        var login = """
            {"consumerID":"%s","consumerSecret":"%s","twoFactorType":0,"code":"%s","isSave":true}"""
            .formatted(settings.get("SSI_API_KEY"), settings.get("SSI_API_SECRET"), settings.get("SSI_PIN"));
        var token = send(request(url + "api/v2/Trading/AccessToken").POST(body(login)))
            .replaceAll("(?s).*\"accessToken\":\"([^\"]+)\".*", "$1");

        var order = """
            {"account":"%s","requestID":"%d","instrumentID":"VIC","market":"VN","buySell":"B","orderType":"LO",\
            "price":86500,"quantity":100,"channelID":"TA","deviceId":"0A-1B-2C-3D-4E-5F","userAgent":"FirstFill"}"""
            .formatted(account, System.currentTimeMillis() % 100_000_000);
        var key = Path.of(settings.getProperty("SSI_PRIVATE_KEY_FILE")).resolveSibling("ssi_private_key.pem");
        System.out.println(send(request(url + "api/v2/Trading/NewOrder")
            .header("Authorization", "Bearer " + token)
            .header("X-Signature", signature(order, privateKey(key)))
            .POST(body(order))));

        Thread.sleep(2_000);
        System.out.println(send(request(url + "api/v2/Trading/orderBook?account=" + account)
            .header("Authorization", "Bearer " + token)));
    }

    /** RSA PKCS#1 v1.5 with SHA-256 over the body's exact bytes, in lower-case hexadecimal. */
    static String signature(String body, PrivateKey key) throws Exception {
        var signing = Signature.getInstance("SHA256withRSA");
        signing.initSign(key);
        signing.update(body.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(signing.sign());
    }

    static PrivateKey privateKey(Path pem) throws Exception {
        var base64 = Files.readString(pem).replaceAll("-----[A-Z ]+-----|\\s", "");
        return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
    }

    static HttpRequest.Builder request(String url) {
        return HttpRequest.newBuilder(URI.create(url)).header("Content-Type", "application/json");
    }

    static HttpRequest.BodyPublisher body(String text) {
        return HttpRequest.BodyPublishers.ofString(text);
    }

    static String send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), BodyHandlers.ofString()).body();
    }
}
