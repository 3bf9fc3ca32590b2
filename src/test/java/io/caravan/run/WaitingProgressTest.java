package io.caravan.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

class WaitingProgressTest {
    private final List<String> said = new ArrayList<>();
    private final AtomicLong clock = new AtomicLong(7);
    private final WaitingProgress progress = new WaitingProgress(Duration.ofSeconds(10), clock::get, said::add);

    @Test
    void aShortWaitSaysNothingHoweverManyTriesStepsBeforeItTook() throws Exception {
        assertThat(saidWhileAsking("late", 9)).isEmpty();
        clock.addAndGet(Duration.ofMinutes(1).toNanos());
        assertThat(saidWhileAsking("late again", 9)).isEmpty();
    }

    @Test
    void aLongWaitSaysItsReasonOnce() throws Exception {
        assertThat(saidWhileAsking("late", 30)).containsExactly("    waiting: late");
    }

    private List<String> saidWhileAsking(String reason, int seconds) throws Exception {
        said.clear();
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            Exchange exchange = new DefaultExchange(camel);
            exchange.setProperty(Exchange.EXCEPTION_CAUGHT, new IllegalStateException(reason));
            exchange.getIn().setHeader(Exchange.REDELIVERY_COUNTER, 17);
            for (int i = 0; i < seconds; i++) {
                clock.addAndGet(Duration.ofSeconds(1).toNanos());
                progress.process(exchange);
            }
        }
        return said;
    }
}
