import io.caravan.config.Part;
import io.caravan.embedded.EmbeddedSettings;
import io.caravan.embedded.EmbeddedSettings.Postgres;
import io.caravan.embedded.EmbeddedStack;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What every peer of the comparison shares: two PostgreSQL servers, a broker and a Connect worker, started once for all runs. */
final class Parts implements AutoCloseable {
    private final EmbeddedStack stack;

    Parts(Path directory, Path plugins) throws IOException, InterruptedException {
        stack = EmbeddedStack.start(
                new EmbeddedSettings(
                        Set.of(Part.values()),
                        directory,
                        new Postgres(0, "postgres", "postgres", "postgres"),
                        new Postgres(0, "postgres", "postgres", "postgres"),
                        0,
                        null,
                        0,
                        plugins,
                        null,
                        words("BENCH_KAFKA_OPTS"),
                        words("BENCH_CONNECT_OPTS")),
                line -> System.out.println("  " + line));
    }

    private static List<String> words(String variable) {
        String value = System.getenv().getOrDefault(variable, "").strip();
        return value.isEmpty() ? List.of() : List.of(value.split("\\s+"));
    }

    int port(Part part) {
        return stack.addresses().port(part);
    }

    String kafka() {
        return stack.addresses().bootstrapServers();
    }

    String connectUrl() {
        return stack.addresses().connectUrl();
    }

    /** The parts whose CPU is counted; of PostgreSQL, the postmaster. */
    Map<Part, Long> pids() {
        return stack.pids();
    }

    String url(Part part, String database) {
        return "jdbc:postgresql://127.0.0.1:" + port(part) + "/" + database;
    }

    Connection connect(Part part, String database) throws SQLException {
        return DriverManager.getConnection(url(part, database), "postgres", "postgres");
    }

    void run(Part part, String database, String... statements) throws SQLException {
        try (Connection connection = connect(part, database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The rows of a query, each as one text. */
    List<String> ask(Part part, String database, String query) throws SQLException {
        try (Connection connection = connect(part, database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> answer = new ArrayList<>();
            while (rows.next()) {
                StringBuilder row = new StringBuilder();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    row.append(i > 1 ? " " : "").append(rows.getString(i));
                }
                answer.add(row.toString());
            }
            return answer;
        }
    }

    void make(Part part, String database, String template) throws SQLException {
        drop(part, database);
        run(part, "postgres", "create database " + database + " template " + template + " strategy file_copy");
    }

    /**
     * The workload's source database, named so, with its publication as Caravan itself makes it (a second pipeline would take
     * an alteration by the first for one behind its back), and a slot and a target database for each of the names.
     */
    String makeSource(Workload workload, List<String> targets) throws SQLException, InterruptedException {
        String source = "bench_" + workload.name();
        for (String target : targets) {
            dropSlot(target);
        }
        make(Part.SOURCE, source, workload.template());
        run(
                Part.SOURCE,
                source,
                "create publication bench for table " + String.join(", ", workload.tables())
                        + " with (publish_via_partition_root = true)");
        for (String target : targets) {
            make(Part.TARGET, target, workload.template());
            run(Part.SOURCE, source, "select pg_create_logical_replication_slot('" + target + "', 'pgoutput')");
        }
        return source;
    }

    void drop(Part part, String database) throws SQLException {
        run(part, "postgres", "drop database if exists " + database + " with (force)");
    }

    void dropSlot(String slot) throws SQLException, InterruptedException {
        String like = " from pg_replication_slots where slot_name = '" + slot + "'";
        for (int i = 0; i < 100 && !ask(Part.SOURCE, "postgres", "select 1" + like).isEmpty(); i++) {
            run(Part.SOURCE, "postgres", "select pg_terminate_backend(active_pid)" + like);
            try {
                run(Part.SOURCE, "postgres", "select pg_drop_replication_slot(slot_name)" + like);
            } catch (SQLException stillInUse) {
                Thread.sleep(100);
            }
        }
    }

    /** So that no peer pays for the pages that the one before it made dirty. */
    void checkpoint() throws SQLException {
        run(Part.SOURCE, "postgres", "checkpoint");
        run(Part.TARGET, "postgres", "checkpoint");
    }

    @Override
    public void close() {
        stack.close();
    }
}
