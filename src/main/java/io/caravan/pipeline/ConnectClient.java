package io.caravan.pipeline;

import io.caravan.connect.ConnectRest;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.HttpHeaders;

/**
 * The client of the routes' endpoints of Kafka Connect: the same user and certificates as elsewhere. Named by those endpoints
 * alone, since steps of one's own may speak to other servers, which must not be told the password.
 */
record ConnectClient(ConnectRest connect) implements HttpClientConfigurer {
    @Override
    public void configureHttpClient(HttpClientBuilder client) {
        if (!connect.authorization().isEmpty()) {
            client.addRequestInterceptorFirst((request, entity, context) ->
                    request.setHeader(HttpHeaders.AUTHORIZATION, connect.authorization()));
        }
        connect.tls().ifPresent(tls -> client.setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setTlsSocketStrategy(new DefaultClientTlsStrategy(tls))
                        .build())
                .setConnectionManagerShared(false));
    }
}
