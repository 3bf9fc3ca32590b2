package io.caravan.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.bootstrap.BootstrapException;
import java.sql.SQLException;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.language.bean.RuntimeBeanExpressionException;
import org.junit.jupiter.api.Test;

class FailureTextTest {
    @Test
    void whichMethodOfWhichBeanWasCalledIsNotTold() {
        Throwable thrown = new IllegalStateException("Table public.jobs is not in the target.");

        assertThat(FailureText.message(new RuntimeBeanExpressionException(null, "tableCopies", "copy", thrown)))
                .isEqualTo("Table public.jobs is not in the target.");
    }

    @Test
    void anExceptionOfCaravansOwnSaysAll() {
        Throwable ours = new BootstrapException("The slot is gone.", new SQLException("no such slot"));

        assertThat(FailureText.message(new RuntimeCamelException("Exchange failed", ours)))
                .isEqualTo("The slot is gone.");
    }

    @Test
    void ofOthersTheOuterMessageIsToldWithItsCause() {
        Throwable missing = new IllegalArgumentException("No bean could be found: mask");

        assertThat(FailureText.message(
                        new FailedToCreateRouteException("mask-email", "mask.yaml:3", "the step", missing)))
                .contains("mask-email", "No bean could be found: mask");
    }
}
