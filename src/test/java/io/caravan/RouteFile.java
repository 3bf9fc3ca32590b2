package io.caravan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** A file of {@code routes/} as the tree that Camel reads. */
record RouteFile(String name, JsonNode tree) {

    static List<RouteFile> all() {
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            return files.sorted().map(RouteFile::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RouteFile read(Path file) {
        try {
            Object yaml = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
            return new RouteFile(file.getFileName().toString(), new ObjectMapper().valueToTree(yaml));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every member of every object in the file, the enclosing ones first. */
    void walk(BiConsumer<String, JsonNode> member) {
        walk(tree, member);
    }

    static void walk(JsonNode node, BiConsumer<String, JsonNode> member) {
        for (Map.Entry<String, JsonNode> each : node.properties()) {
            member.accept(each.getKey(), each.getValue());
        }
        node.forEach(child -> walk(child, member));
    }

    /** The values of all members of this name. */
    static List<JsonNode> find(JsonNode node, String name) {
        List<JsonNode> found = new ArrayList<>();
        walk(node, (key, value) -> {
            if (key.equals(name)) {
                found.add(value);
            }
        });
        return found;
    }

    List<JsonNode> find(String name) {
        return find(tree, name);
    }

    @Override
    public String toString() {
        return name;
    }

    static JsonNode definition(String id) {
        return all().stream()
                .flatMap(file -> Stream.iterate(0, i -> i < file.tree().size(), i -> i + 1)
                        .map(i -> file.tree().get(i).elements().next()))
                .filter(definition -> definition.path("id").asText().equals(id))
                .findFirst()
                .orElseThrow();
    }

    static RouteFile of(String name) {
        return all().stream()
                .filter(file -> file.name().startsWith(name))
                .findFirst()
                .orElseThrow();
    }

    List<String> texts(String key) {
        return find(key).stream()
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText)
                .toList();
    }
}
