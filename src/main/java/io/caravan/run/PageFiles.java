package io.caravan.run;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Message;

/** Style sheets and scripts of the status page. They come with the application, and from nowhere else. */
public final class PageFiles {
    private static final String FOLDER = "/web/";

    /** One word and its kind, so that no name leads out of the folder. */
    private static final Pattern NAME = Pattern.compile("[a-z]+\\.(css|js)");

    private static final Map<String, String> TYPES = Map.of("css", "text/css", "js", "text/javascript");

    /** Answers with the file of this name, or with status 404. */
    public void answer(@Header("file") String name, Message message) throws IOException {
        Matcher parts = NAME.matcher(name);
        try (InputStream file = parts.matches() ? PageFiles.class.getResourceAsStream(FOLDER + name) : null) {
            if (file == null) {
                message.setHeader(Exchange.HTTP_RESPONSE_CODE, 404);
                message.setHeader(Exchange.CONTENT_TYPE, "text/plain; charset=utf-8");
                message.setBody("The page has no file " + name + ".");
            } else {
                message.setHeader(Exchange.CONTENT_TYPE, TYPES.get(parts.group(1)) + "; charset=utf-8");
                message.setBody(new String(file.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
    }
}
