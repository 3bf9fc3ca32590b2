package io.caravan.pipeline;

import io.caravan.config.Settings;
import io.caravan.config.Settings.CaptureBy;
import io.caravan.read.TopicTails;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.IsolationLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks each part once while Camel reads its routes, so that sessions, clients and their classes are there when the first step
 * wants them. Where a part does not answer, the step that asks it next says so.
 */
public final class HeadStart implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HeadStart.class);
    private static final int LIMIT_MILLIS = 5000;

    private final ExecutorService threads = Executors.newFixedThreadPool(2, task -> {
        Thread thread = new Thread(task, "head-start");
        thread.setDaemon(true);
        return thread;
    });

    private interface Question {
        void ask() throws Exception;
    }

    /** Begins to ask, and returns at once. */
    public HeadStart(Pipeline pipeline) {
        Settings settings = pipeline.settings;
        threads.execute(() -> ask(() -> askKafka(pipeline)));
        threads.execute(() -> {
            ask(() -> settings.source().session().close());
            ask(() -> settings.target().session().close());
            if (settings.capture() == CaptureBy.CONNECT) {
                ask(() -> settings.connect().get("", Duration.ofMillis(LIMIT_MILLIS)));
            }
        });
        threads.shutdown(); // there is nothing more to ask
    }

    /** Before the parts' clients are closed: a question that is asked then would make new ones, which nobody closes. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(LIMIT_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.debug("A part that does not answer is still being asked");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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
        new TopicTails(pipeline.settings.kafka().client(), () -> 0).last(topic);
    }

    private static void ask(Question question) {
        if (Thread.currentThread().isInterrupted()) {
            return;
        }
        try {
            question.ask();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.debug("Not ready yet", e);
        }
    }
}
