import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.config.Settings;
import io.caravan.config.SettingsException;
import io.caravan.config.SettingsReader;
import io.caravan.postgres.Database;
import io.caravan.postgres.TableName;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/**
 * Sends one row of the demo's table devices through a running Caravan: insert, update, delete, each with the time from its
 * commit on the source until the target shows it. Needs no build and no psql: {@code java -cp target/caravan.jar
 * scripts/LiveTest.java [--config FILE]}, from the project folder. Exit code 0: it travelled, or there is no demo.
 */
public final class LiveTest {
    private static final long LIMIT_SECONDS = 30;

    /** The domain tells the demo from another table of the same name, into which nothing may be written. */
    private static final String IS_DEMO =
            """
            SELECT count(*) = 6 AND bool_or(column_name = 'service_tag' AND domain_name = 'service_tag')
            FROM information_schema.columns
            WHERE table_schema = 'public' AND table_name = 'devices' AND column_name IN
                ('service_tag', 'device_name', 'device_type_id', 'model', 'ip_address', 'health_status')""";

    private static final String INSERT =
            """
            INSERT INTO public.devices (service_tag, device_name, device_type_id, model, ip_address, health_status)
            SELECT ?, 'live.test', min(id), 'PowerEdge R750', '10.99.1.1', 'OK' FROM public.device_types""";

    private static final String UPDATE = "UPDATE public.devices SET health_status = 'WARNING' WHERE service_tag = ?";
    private static final String DELETE = "DELETE FROM public.devices WHERE service_tag = ?";
    private static final String SHOWN = "SELECT health_status FROM public.devices WHERE service_tag = ?";

    private final Connection source;
    private final Connection target;
    private final PrintStream out;
    private final String tag = "LIVE-" + UUID.randomUUID();

    private LiveTest(Connection source, Connection target, PrintStream out) {
        this.source = source;
        this.target = target;
        this.out = out;
    }

    public static void main(String[] arguments) throws SQLException, IOException, InterruptedException {
        List<String> words = List.of(arguments);
        int config = words.indexOf("--config");
        Path file = Path.of(config < 0 ? "application.properties" : words.get(config + 1));
        // With --json the standard output is the report's.
        PrintStream out = words.contains("--json") ? System.err : System.out;
        try {
            System.exit(run(SettingsReader.read(file, System.getenv()), out) ? 0 : 1);
        } catch (SettingsException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    private static boolean run(Settings settings, PrintStream out)
            throws SQLException, IOException, InterruptedException {
        JsonNode running = running(settings.embedded().directory().resolve("addresses.json"));
        try (Connection source = at(settings.source(), running).connect();
                Connection target = at(settings.target(), running).connect()) {
            if (!settings.tables().matches(new TableName("public", "devices")) || !isDemo(source)) {
                out.println("  LIVE TEST LEFT OUT: the source does not replicate the demo's table public.devices");
                return true;
            }
            return new LiveTest(source, target, out).run();
        } catch (SQLException e) {
            out.println("  LIVE TEST FAILED: " + e.getMessage() + " Is Caravan running?");
            return false;
        }
    }

    /** What the running Caravan says of itself, for ports that were chosen at its start. Empty when none runs. */
    private static JsonNode running(Path addresses) throws IOException {
        ObjectMapper json = new ObjectMapper();
        JsonNode found = Files.exists(addresses) ? json.readTree(addresses.toFile()) : json.createObjectNode();
        boolean alive = ProcessHandle.of(found.path("pid").asLong()).isPresent();
        return alive ? found : json.createObjectNode();
    }

    private static Database at(Database settings, JsonNode running) {
        String url = running.path(settings.label()).asText(settings.url());
        return new Database(settings.label(), url, settings.user(), settings.password());
    }

    private static boolean isDemo(Connection source) throws SQLException {
        try (ResultSet row = source.createStatement().executeQuery(IS_DEMO)) {
            return row.next() && row.getBoolean(1);
        }
    }

    private boolean run() throws SQLException, InterruptedException {
        out.println("  Live test with the device " + tag);
        try {
            boolean travelled =
                    step("insert", INSERT, "OK") && step("update", UPDATE, "WARNING") && step("delete", DELETE, "");
            out.println(travelled ? "  LIVE TEST PASSED" : "  LIVE TEST FAILED");
            return travelled;
        } finally {
            execute(DELETE); // nothing is left of a test that failed
        }
    }

    /** Writes to the source and waits until the target shows the health status; an empty one: until the row is gone. */
    private boolean step(String name, String sql, String expected) throws SQLException, InterruptedException {
        execute(sql);
        long committed = System.nanoTime();
        while (!shown().equals(expected)) {
            if (System.nanoTime() - committed > LIMIT_SECONDS * 1_000_000_000) {
                out.printf(
                        "    %s: not in the target after %d s. What java -jar target/caravan.jar status says may tell why.%n",
                        name, LIMIT_SECONDS);
                return false;
            }
            Thread.sleep(2);
        }
        out.printf("    %s: in the target after %.1f ms%n", name, (System.nanoTime() - committed) / 1e6);
        return true;
    }

    private void execute(String sql) throws SQLException {
        try (PreparedStatement statement = source.prepareStatement(sql)) {
            statement.setString(1, tag);
            statement.executeUpdate();
        }
    }

    private String shown() throws SQLException {
        try (PreparedStatement statement = target.prepareStatement(SHOWN)) {
            statement.setString(1, tag);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getString(1) : "";
            }
        }
    }
}
