package io.caravan.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A settings file of a test. */
final class GivenSettings {
    private GivenSettings() {}

    /** @param environment names, each with its value behind it */
    static Settings read(Path home, String content, String... environment) throws Exception {
        Map<String, String> variables = new HashMap<>();
        for (int i = 0; i < environment.length; i += 2) {
            variables.put(environment[i], environment[i + 1]);
        }
        return SettingsReader.read(file(home, content), variables);
    }

    static Path file(Path home, String content) throws IOException {
        return Files.writeString(home.resolve("application.properties"), content);
    }
}
