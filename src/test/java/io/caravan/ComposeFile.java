package io.caravan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.Yaml;

/** The compose file as it is when nothing of it is set in the environment. */
public final class ComposeFile {
    private static final Pattern VARIABLE = Pattern.compile("(?<!\\$)\\$\\{[A-Z_]+:-([^}]*)}");

    private ComposeFile() {}

    public static JsonNode service(String name) {
        return services().get(name);
    }

    public static Map<String, JsonNode> services() {
        return services("docker-compose.yml");
    }

    static Map<String, JsonNode> services(String file) {
        try {
            String text = VARIABLE.matcher(Files.readString(Path.of(file))).replaceAll("$1");
            return fields(new ObjectMapper()
                    .valueToTree(new Yaml().<Object>load(text))
                    .get("services"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Map<String, JsonNode> fields(JsonNode object) {
        Map<String, JsonNode> fields = new TreeMap<>();
        object.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
        return fields;
    }
}
