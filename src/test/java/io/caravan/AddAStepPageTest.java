package io.caravan;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.change.Batch;
import io.caravan.change.Events;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The class on the page add-a-step.md; its routes are run by {@code OwnStepsIT}. */
class AddAStepPageTest {
    @TempDir
    Path directory;

    @Test
    void theStepInJavaCompilesAndDoesWhatItSays() throws Exception {
        Matcher example = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("src/site/markdown/add-a-step.md")));
        assertThat(example.find()).isTrue();
        Path file = Files.createDirectories(directory.resolve("example")).resolve("Prices.java");
        Files.writeString(file, example.group(1));

        int errors = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-cp", System.getProperty("java.class.path"), "-proc:none", file.toString());

        assertThat(errors).isZero();
        try (URLClassLoader classes = new URLClassLoader(
                new URL[] {directory.toUri().toURL()}, getClass().getClassLoader())) {
            Class<?> type = classes.loadClass("example.Prices");
            Batch batch = (Batch) type.getMethod("inCents", Batch.class)
                    .invoke(
                            type.getConstructor().newInstance(),
                            new Events("id", "price")
                                    .create("1", "1.10")
                                    .update("2", null)
                                    .batch());
            assertThat(batch.events())
                    .extracting(event -> event.after().get("price"))
                    .containsExactly("110", null);
        }
    }
}
