package io.caravan.run;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.AuthenticationHandler;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Objects;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.main.MainHttpServer;
import org.apache.camel.component.platform.http.main.ManagementHttpServer;
import org.apache.camel.component.platform.http.vertx.auth.AuthenticationConfig;
import org.jspecify.annotations.Nullable;

/**
 * Looks at every request before a route does: whether it knows the token, and whether it comes from another site's page in
 * somebody's browser, which reaches the loopback address as well as its user does.
 */
final class HttpGuard implements AuthenticationHandler {
    /** The page brings all that it shows. */
    private static final String CONTENT_POLICY = "default-src 'none'; style-src 'self'; script-src 'self';"
            + " connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final String token;

    HttpGuard(String token) {
        this.token = token;
    }

    /** Puts it before both servers; to be called before they start. */
    void protect(CamelContext camel) {
        MainHttpServer http = Objects.requireNonNull(camel.hasService(MainHttpServer.class));
        ManagementHttpServer management = Objects.requireNonNull(camel.hasService(ManagementHttpServer.class));
        protect(http.getConfiguration().getAuthenticationConfig());
        protect(management.getConfiguration().getAuthenticationConfig());
    }

    private void protect(AuthenticationConfig config) {
        AuthenticationConfig.AuthenticationConfigEntry everything =
                new AuthenticationConfig.AuthenticationConfigEntry();
        everything.setPath("/*");
        everything.setAuthenticationProviderFactory(vertx -> null);
        everything.setAuthenticationHandlerFactory(new AuthenticationConfig.AuthenticationHandlerFactory() {
            @Override
            public <T extends io.vertx.ext.auth.authentication.AuthenticationProvider>
                    AuthenticationHandler createAuthenticationHandler(T none) {
                return HttpGuard.this;
            }
        });
        config.getEntries().add(everything);
        config.setEnabled(true);
    }

    @Override
    public void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        HttpServerResponse response = context.response();
        response.putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Cache-Control", "no-store")
                .putHeader("Content-Security-Policy", CONTENT_POLICY);
        String host = request.getHeader("Host");
        if (token.isEmpty() && !isOwnName(host)) {
            refuse(
                    response,
                    403,
                    "Requests must name an address, localhost or a name without a dot, not " + host
                            + "; or set caravan.http.token.");
        } else if (isFromElsewhere(request, host)) {
            refuse(response, 403, "This request comes from a page of another site.");
        } else if (!token.isEmpty() && !isOpen(request) && !knowsToken(request.getHeader("Authorization"))) {
            response.putHeader("WWW-Authenticate", "Basic realm=\"Caravan\", charset=\"UTF-8\"");
            refuse(response, 401, "Give caravan.http.token as bearer token, or as password of any user.");
        } else if (request.method().equals(HttpMethod.HEAD) && isPage(request)) {
            // not by the page's route, whose answer has a body: over HTTP/2 that would be sent
            response.putHeader("Content-Type", "text/html; charset=utf-8").end();
        } else {
            context.next();
        }
    }

    private static void refuse(HttpServerResponse response, int status, String why) {
        response.setStatusCode(status)
                .putHeader("Content-Type", "text/plain; charset=utf-8")
                .end(why);
    }

    /** A page elsewhere can have its own name resolve to this machine (DNS rebinding), but a name without a dot is nobody's. */
    private static boolean isOwnName(@Nullable String host) {
        return host == null || host.matches("\\[[0-9A-Fa-f:.]+](:\\d+)?|[0-9.]+(:\\d+)?|[^.:]+(:\\d+)?");
    }

    /**
     * Whether another site's page makes the browser send it. Sec-Fetch-Site is the browser's word; those that do not send it
     * send Origin with every POST; programs send neither.
     */
    private static boolean isFromElsewhere(HttpServerRequest request, @Nullable String host) {
        String site = request.getHeader("Sec-Fetch-Site");
        boolean asks =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        if (site != null) {
            // following a link to the page is not an action, but Jolokia's GETs are
            boolean followsLink = asks && "navigate".equals(request.getHeader("Sec-Fetch-Mode")) && isPage(request);
            return !site.equals("same-origin") && !site.equals("none") && !followsLink;
        }
        String origin = request.getHeader("Origin");
        return origin != null && !sameAuthority(origin, host);
    }

    private static boolean isPage(HttpServerRequest request) {
        return Objects.equals(request.path(), "/");
    }

    private static boolean sameAuthority(String origin, @Nullable String host) {
        try {
            return Objects.equals(URI.create(origin).getAuthority(), host);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Orchestrators ask for it without secrets, and it says up or down. */
    private static boolean isOpen(HttpServerRequest request) {
        return request.path() != null && request.path().startsWith("/observe/health");
    }

    private boolean knowsToken(@Nullable String authorization) {
        if (authorization == null) {
            return false;
        }
        String given = "";
        if (authorization.startsWith("Bearer ")) {
            given = authorization.substring("Bearer ".length());
        } else if (authorization.startsWith("Basic ")) {
            try {
                String pair = new String(
                        Base64.getDecoder().decode(authorization.substring("Basic ".length())), StandardCharsets.UTF_8);
                given = pair.substring(pair.indexOf(':') + 1);
            } catch (IllegalArgumentException e) {
                return false;
            }
        }
        return MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
    }
}
