package io.caravan.embedded;

import io.caravan.config.Part;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** What the tests ask of a stack's parts. */
record StackClient(EmbeddedAddresses addresses) {

    boolean works(Part part) throws Exception {
        return switch (part) {
            case SOURCE, TARGET -> "1".equals(query(part, "SELECT 1"));
            case KAFKA -> !clusterId().isEmpty();
            case CONNECT -> connect("/connectors").equals("[]");
        };
    }

    private Connection connection(Part part) throws SQLException {
        String url = "jdbc:postgresql://localhost:" + addresses.port(part) + "/omedb";
        return DriverManager.getConnection(url, "postgres", "secret");
    }

    void execute(Part part, String sql) throws SQLException {
        try (Connection connection = connection(part);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    String query(Part part, String sql) throws SQLException {
        try (Connection connection = connection(part);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    String connect(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(addresses.connectUrl() + path))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", addresses.bootstrapServers()));
    }

    String clusterId() throws Exception {
        try (Admin admin = admin()) {
            return admin.describeCluster().clusterId().get();
        }
    }

    void createTopic(String name) throws Exception {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get();
        }
    }

    Set<String> topics() throws Exception {
        try (Admin admin = admin()) {
            return admin.listTopics().names().get();
        }
    }
}
