package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogIT {
    @TempDir
    Path directory;

    @Test
    void everyLineIsAJsonObjectWhereThatIsChosenAndAnErrorIsInOneLineToo() throws Exception {
        Instant start = Instant.now();
        try (Scenario scenario =
                Scenario.create(directory, "create table spot (id integer primary key, \"with \"\" it\" text)")) {
            scenario.folder().set("caravan.log.format", "json");
            scenario.ready();
            scenario.target()
                    .execute("create function no() returns trigger language plpgsql as $$begin perform 1 / 0;"
                            + " exception when others then raise exception using errcode = 'XX001', message = 'a \"broken\"\n page'; end$$;"
                            + " create trigger no before insert on spot for each row execute function no();"
                            + " alter table spot enable always trigger no");
            scenario.source().execute("insert into spot values (1, 'x')");

            Path log = scenario.folder().path().resolve("data/caravan.log");
            Await.until(Databases.LIMIT, () -> "the error is in the log", () -> lines(log).stream()
                    .anyMatch(line -> line.path("error").asText().contains("a \"broken\"\n page")
                            && line.get("error").asText().contains("\n\tat ")));

            Await.until(Databases.LIMIT, () -> "its route is stopped", () -> lines(log).stream()
                    .anyMatch(LogIT::isOfTheStop));

            assertThat(lines(log)).filteredOn(LogIT::isOfTheStop).allSatisfy(line -> {
                assertThat(line.path("topic").asText()).isEqualTo(scenario.topic("spot"));
                assertThat(line.path("partition").asText()).isEqualTo("0");
                assertThat(line.path("offset").asText()).isEqualTo("0");
            });
            assertThat(lines(log)).anyMatch(line -> !line.has("topic"));
            assertThat(lines(log)).hasSizeGreaterThan(5).allSatisfy(line -> {
                assertThat(Instant.parse(line.get("time").asText())).isBetween(start.minusSeconds(1), Instant.now());
                assertThat(line.get("level").asText()).matches("INFO|WARN|ERROR");
                assertThat(line.get("logger").asText()).contains(".");
                assertThat(line.get("thread").asText()).isNotEmpty();
                assertThat(line.get("message").asText()).isNotEmpty();
            });
        }
    }

    private static boolean isOfTheStop(JsonNode line) {
        return line.path("message").asText().startsWith("Route apply-public.spot is stopped");
    }

    private static List<JsonNode> lines(Path log) throws Exception {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(log)) {
            lines.add(new ObjectMapper().readTree(line));
        }
        return lines;
    }
}
