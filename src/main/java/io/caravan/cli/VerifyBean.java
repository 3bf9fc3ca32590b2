package io.caravan.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.bootstrap.Bootstrap;
import io.caravan.verify.BarrierException;
import io.caravan.verify.Verification;
import io.caravan.verify.VerificationReport;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Locale;
import org.apache.camel.Exchange;

/** The bean {@code verification}: one verification at a time, of all tables. */
public final class VerifyBean {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Verification verification;
    private final Bootstrap bootstrap;

    VerifyBean(Verification verification, Bootstrap bootstrap) {
        this.verification = verification;
        this.bootstrap = bootstrap;
    }

    /** Compares all tables at a barrier. */
    public synchronized VerificationReport run() throws SQLException, InterruptedException, BarrierException {
        return verification.run(bootstrap.tables());
    }

    /** Prints the outcome in a line, and each table that differs in one. */
    public void print(VerificationReport report) {
        lines(report).lines().forEach(Terminal::say);
    }

    /** Prints why source and target could not be compared. */
    public void printFailure(Exchange exchange) {
        Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        Terminal.say("  NOT VERIFIED: " + Terminal.message(cause));
    }

    /** The report as JSON, for the API. */
    public String json(VerificationReport report) throws IOException {
        return JSON.writeValueAsString(report);
    }

    static String lines(VerificationReport report) {
        StringBuilder text = new StringBuilder();
        report.tables().stream().filter(table -> !table.equal()).forEach(table -> {
            text.append(
                    table.problem().isEmpty()
                            ? "  %s differs: %,d rows in the source, %,d in the target, %,d differences%n"
                                    .formatted(
                                            table.table(), table.sourceRows(), table.targetRows(), table.differences())
                            : "  %s cannot be compared: %s%n".formatted(table.table(), table.problem()));
            table.examples()
                    .forEach(each -> text.append("    %s %s%n"
                            .formatted(
                                    each.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '), each.key())));
        });
        return text.append(String.format(
                        Locale.ROOT,
                        report.equal()
                                ? "  EQUAL: %,d rows in %d tables, compared in %.1f s"
                                : "  NOT EQUAL: %,d rows in %d tables, compared in %.1f s",
                        report.rows(),
                        report.tables().size(),
                        report.seconds()))
                .toString();
    }
}
