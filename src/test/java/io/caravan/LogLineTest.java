package io.caravan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.message.SimpleMessage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A line of the log as text; as JSON it is LogIT's. */
class LogLineTest {
    @Test
    void theLineThatSaysThatSomethingFailedSaysWhy() throws Exception {
        String text = line(new RuntimeException(
                "Multicast processing failed for number 0.",
                new IllegalStateException("ERROR: column \"total\" does not exist\n  Position: 42")));

        assertThat(text.lines().findFirst()).hasValueSatisfying(first -> assertThat(first)
                .endsWith(
                        "Route apply-public.orders is stopped: java.lang.IllegalStateException: ERROR: column \"total\" does not exist"
                                + " | Position: 42"));
        assertThat(text).contains("\n\tat io.caravan.LogLineTest.");
    }

    @Test
    void aLineWithoutAFailureEndsWhereItsWordsEnd() throws Exception {
        assertThat(line(null)).endsWith("Route apply-public.orders is stopped" + System.lineSeparator());
    }

    private static String line(@Nullable Throwable failure) throws Exception {
        Matcher pattern = Pattern.compile("<PatternLayout pattern=\"([^\"]*)\"")
                .matcher(Files.readString(Path.of("src/main/resources/log4j2.xml")));
        assertThat(pattern.find()).isTrue();
        return PatternLayout.newBuilder()
                .withPattern(pattern.group(1))
                .build()
                .toSerializable(Log4jLogEvent.newBuilder()
                        .setLevel(Level.ERROR)
                        .setLoggerName("io.caravan.read.KafkaBatchConsumer")
                        .setMessage(new SimpleMessage("Route apply-public.orders is stopped"))
                        .setThrown(failure)
                        .build());
    }
}
