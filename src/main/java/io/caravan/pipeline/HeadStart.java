package io.caravan.pipeline;

import io.caravan.config.Settings;
import io.caravan.config.Settings.CaptureBy;
import io.caravan.read.TopicTails;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.IsolationLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks each part once while Camel reads its routes, so that sessions, clients and their classes are there when the first step
 * wants them. Where a part does not answer, the step that asks it next says so.
 */
public final class HeadStart {
    private static final Logger LOG = LoggerFactory.getLogger(HeadStart.class);
    private static final int LIMIT_MILLIS = 5000;

    private HeadStart() {}

    private interface Question {
        void ask() throws Exception;
    }

    public static void begin(Pipeline pipeline) {
        Settings settings = pipeline.settings;
        inBackground("head-start-kafka", () -> askKafka(pipeline));
        inBackground("head-start", () -> {
            ask(() -> settings.source().session().close());
            ask(() -> settings.target().session().close());
            if (settings.capture() == CaptureBy.CONNECT) {
                settings.connect().get("", Duration.ofMillis(LIMIT_MILLIS));
            }
        });
    }

    private static void askKafka(Pipeline pipeline) throws Exception {
        pipeline.topics
                .admin()
                .describeCluster(new DescribeClusterOptions().timeoutMs(LIMIT_MILLIS))
                .nodes()
                .get();
        String topic = pipeline.topics.messages(); // any that may be there
        if (pipeline.topics.ids(List.of(topic)).containsKey(topic)) {
            pipeline.topics.ends(List.of(topic), IsolationLevel.READ_UNCOMMITTED);
        }
        new TopicTails(pipeline.settings.kafka().client()).last(topic);
    }

    private static void inBackground(String name, Question question) {
        Thread thread = new Thread(() -> ask(question), name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void ask(Question question) {
        try {
            question.ask();
        } catch (Exception e) {
            LOG.debug("Not ready yet", e);
        }
    }
}
