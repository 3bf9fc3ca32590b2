package io.caravan.connect;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Kafka Connect's REST interface: where it is, as whom it is asked, and whose certificates are trusted. Prints no secret. */
public final class ConnectRest {
    private final URI url;
    private final String authorization;
    private final Optional<SSLContext> tls;
    private @Nullable HttpClient client;

    /**
     * @param user for basic authentication; empty for none
     * @param tls what trusts its certificate; empty where Java's own list does
     */
    public ConnectRest(URI url, String user, String password, Optional<SSLContext> tls) {
        this.url = url;
        this.authorization = user.isEmpty()
                ? ""
                : "Basic "
                        + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        this.tls = tls;
    }

    /**
     * What trusts these certificates, and what they sign, alone.
     *
     * @param certificates a file of PEM
     * @throws IOException when it cannot be read
     * @throws GeneralSecurityException when there is no certificate in it
     */
    public static SSLContext trusting(Path certificates) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(certificates)) {
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry(Integer.toString(store.size()), each);
            }
        }
        if (store.size() == 0) {
            throw new CertificateException("there is none in it");
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    public URI url() {
        return url;
    }

    /** The value of the header {@code Authorization}; empty for none. Kafka Connect does not ask for it by a challenge. */
    public String authorization() {
        return authorization;
    }

    public Optional<SSLContext> tls() {
        return tls;
    }

    public HttpResponse<String> get(String path, Duration limit) throws IOException, InterruptedException {
        return send("GET", path, limit);
    }

    /**
     * A request without a body.
     *
     * @param path what follows the address
     * @throws RefusedException when it lets us not in, or is not trusted
     * @throws IOException when it does not answer within the limit
     */
    public HttpResponse<String> send(String method, String path, Duration limit)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(limit);
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        try {
            HttpResponse<String> answer = client().send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == 401 || answer.statusCode() == 403) {
                throw new RefusedException(
                        "Kafka Connect at " + url + " refuses the login (status " + answer.statusCode() + ").",
                        "Correct caravan.connect.user and caravan.connect.password (or the environment).");
            }
            return answer;
        } catch (SSLException e) {
            throw isDistrust(e)
                    ? new RefusedException(
                            "The certificate of Kafka Connect at " + url + " is not trusted: " + e.getMessage() + ".",
                            "Name the file of those that sign it in caravan.connect.ca, or correct caravan.connect.url.")
                    : e;
        }
    }

    private static boolean isDistrust(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return true;
            }
        }
        return false;
    }

    /** Made when it is asked for, since it keeps a thread. */
    private synchronized HttpClient client() {
        if (client == null) {
            HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3));
            tls.ifPresent(builder::sslContext);
            client = builder.build();
        }
        return client;
    }

    /** The address. */
    @Override
    public String toString() {
        return url.toString();
    }
}
