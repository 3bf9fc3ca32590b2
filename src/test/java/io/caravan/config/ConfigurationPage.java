package io.caravan.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code configuration.md}, made from application.properties: the one place where keys, defaults and meanings stand. */
final class ConfigurationPage {
    private static final String HEAD = """
            # Configuration

            Made from `application.properties` by `ConfigurationPageTest`; change it there. A variable wins over the file, and the
            file over the default. Keys that do not exist and values that cannot be stop the start, all reported together.

            """;
    private static final String FOOT = """
            ## Names of others that are honoured

            | variable | sets |
            |---|---|
            | `POSTGRES_CDC_DSN` | `caravan.source.url`, `.user`, `.password` |
            | `POSTGRES_CDC_PUBLICATION`, `POSTGRES_CDC_SLOT` | `caravan.publication`, `caravan.slot` |
            | `POSTGRES_CDC_TABLES` (comma list, or `*`), `POSTGRES_CDC_TABLES_JSON` (array), in `POSTGRES_CDC_SCHEMA` | `caravan.tables.include` |
            | `POSTGRES_CDC_WAIT_FOR_TABLE` | `caravan.wait-for-table` |
            | `POSTGRES_CDC_TOPIC` | `caravan.topic-prefix` |
            | `POSTGRES_CDC_BROKER_ADDRESS` | `caravan.kafka.bootstrap-servers` |
            | `POSTGRES_CDC_HTTP_ADDR` (`host:port`; `:port` for every interface, which needs `CARAVAN_HTTP_TOKEN`) | `caravan.http.host`, `.port` |
            | `PGHOST` `PGPORT` `PGDATABASE` `PGUSER` `PGPASSWORD` | the source, where it is not embedded and its key has its default |
            """;

    private ConfigurationPage() {}

    static String of(Path properties) throws IOException {
        StringBuilder page = new StringBuilder(HEAD);
        List<String> meaning = new ArrayList<>();
        boolean inTable = false;
        boolean introduced = false; // the first comment speaks of the file, not of a key
        for (String line : Files.readAllLines(properties)) {
            if (line.startsWith("#")) {
                inTable = false;
                meaning.add(line.substring(1).strip());
            } else if (line.isBlank()) {
                inTable = false;
                introduced = true;
                meaning.clear();
            } else if (introduced) {
                if (!inTable) {
                    page.append(meaning.isEmpty() ? "" : String.join(" ", meaning) + "\n\n")
                            .append("| key | default | variable |\n|---|---|---|\n");
                    meaning.clear();
                    inTable = true;
                }
                page.append(row(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1)));
            }
        }
        return page.toString().replaceAll("(?m)^(\\|.*)\n(?!\\|)", "$1\n\n") + FOOT;
    }

    private static String row(String key, String value) {
        return "| `%s` | %s | `%s` |%n"
                .formatted(key, value.isEmpty() ? "" : "`" + value + "`", EnvironmentNames.variable(key));
    }
}
