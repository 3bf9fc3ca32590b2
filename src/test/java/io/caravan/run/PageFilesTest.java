package io.caravan.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageFilesTest {
    private static final Path FOLDER = Path.of("src/main/resources/web");

    /** What the page asks for, and what its scripts ask for in turn. */
    private static final Pattern NAMED = Pattern.compile("(?:\"page|from \"\\.)/([^\"]+)\"");

    private final PageFiles files = new PageFiles();

    @Test
    void everyFileThatThePageOrOneOfItsScriptsNamesIsThere() throws Exception {
        List<String> named;
        try (Stream<Path> pages = Files.list(FOLDER)) {
            named = pages.map(PageFilesTest::read)
                    .flatMap(text -> NAMED.matcher(text).results().map(match -> match.group(1)))
                    .distinct()
                    .toList();
        }

        assertThat(named).contains("style.css", "page.js", "words.js").allSatisfy(name -> {
            Message answer = answer(name);
            assertThat(answer.getBody(String.class)).isEqualTo(Files.readString(FOLDER.resolve(name)));
            assertThat(answer.getHeader(Exchange.CONTENT_TYPE, String.class))
                    .startsWith(name.endsWith(".css") ? "text/css" : "text/javascript");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"none.js", "index.html", "../web/page.js", "..%2fpage.js", "/page.js", "page.js/", ""})
    void otherNamesAreNotFound(String name) throws Exception {
        assertThat(answer(name).getHeader(Exchange.HTTP_RESPONSE_CODE)).isEqualTo(404);
    }

    private Message answer(String name) throws IOException {
        Message message = new DefaultMessage(new DefaultCamelContext());
        files.answer(name, message);
        return message;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
