package io.caravan.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.bootstrap.Bootstrap;
import io.caravan.bootstrap.TableCopies;
import io.caravan.guard.Gap;
import io.caravan.guard.Guard;
import io.caravan.pipeline.FailureText;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableFilter;
import io.caravan.postgres.TableName;
import io.caravan.verify.BarrierException;
import io.caravan.verify.Repair;
import io.caravan.verify.Verification;
import io.caravan.verify.VerificationReport;
import java.io.IOException;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;

/** The bean {@code verification}: one verification at a time, of all tables. */
public final class VerifyBean {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Verification verification;
    private final Bootstrap bootstrap;
    private final Guard guard;
    private final Repair repair;
    private final TableCopies copies;

    VerifyBean(Verification verification, Bootstrap bootstrap, Guard guard, Repair repair, TableCopies copies) {
        this.copies = copies;
        this.guard = guard;
        this.repair = repair;
        this.verification = verification;
        this.bootstrap = bootstrap;
    }

    /**
     * Compares tables at a barrier.
     *
     * @param only patterns as in caravan.tables.include; null for all tables
     * @param repairing {@code true} to copy the rows that differ
     */
    public synchronized VerificationReport run(
            @Header("tables") @Nullable String only, @Header("repair") @Nullable String repairing)
            throws SQLException, InterruptedException, BarrierException {
        String gap = guard.gapOfPipeline();
        if (gap != null) {
            throw new BarrierException(gap);
        }
        List<Gap> gaps = guard.gaps();
        Set<TableName> copied = new HashSet<>(copies.due());
        Repair mending = "true".equals(repairing) ? (table, keys) -> repairUnlessGap(table, keys, gaps) : null;
        VerificationReport report = marked(verification.run(chosen(bootstrap.tables(), only), mending), gaps);
        copied.addAll(copies.due());
        return unlessCopied(report, copied);
    }

    /** A table whose copy is to be made or finished is not read from its topic meanwhile, so its rows may well differ. */
    private static VerificationReport unlessCopied(VerificationReport report, Set<TableName> copied) {
        return report.with(report.tables().stream()
                .map(result -> result.equal() || !result.problem().isEmpty() || !copied.contains(result.table())
                        ? result
                        : result.withProblemInPlaceOfRows(
                                "Table " + result.table() + " is being copied, or is about to be."
                                        + " Verify it when that is done; 'status' says so."))
                .toList());
    }

    private void repairUnlessGap(Table table, Set<String> keys, List<Gap> gaps)
            throws SQLException, InterruptedException, BarrierException {
        for (Gap gap : gaps) {
            if (gap.table().equals(table.name().toString())) {
                throw new BarrierException(gap.message());
            }
        }
        repair.rows(table, keys);
    }

    public static List<Table> chosen(List<Table> tables, @Nullable String only) throws BarrierException {
        if (only == null || only.isEmpty()) {
            return tables;
        }
        TableFilter filter = new TableFilter(
                Stream.of(only.split(",")).map(VerifyBean::withSchema).toList(), List.of());
        List<Table> chosen =
                tables.stream().filter(table -> filter.matches(table.name())).toList();
        if (chosen.isEmpty()) {
            throw new BarrierException(
                    "No table of the pipeline matches " + only + ". 'status' lists them; names are schema.table.");
        }
        return chosen;
    }

    /** A name without a schema is one of public, as everywhere; a pattern is taken as it is written. */
    private static String withSchema(String name) {
        return name.contains("*") ? name : TableName.of(name).toString();
    }

    /** Tables with a gap are not equal, whatever their rows look like at the moment. */
    public static VerificationReport marked(VerificationReport report, List<Gap> gaps) {
        return report.with(report.tables().stream()
                .map(result -> gaps.stream()
                        .filter(gap -> gap.isOfPipeline()
                                || gap.table().equals(result.table().toString()))
                        .findFirst()
                        .map(gap -> result.withProblem(gap.message()))
                        .orElse(result))
                .toList());
    }

    /** Prints the outcome in a line, and each table that differs in one. */
    public void print(VerificationReport report) {
        VerificationText.of(report).lines().forEach(Terminal::say);
    }

    /** Prints why source and target could not be compared. */
    public void printFailure(Exchange exchange) {
        Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        Terminal.say("  NOT VERIFIED: " + FailureText.message(cause));
    }

    /** The report as JSON, for the API. */
    public String json(VerificationReport report) throws IOException {
        return JSON.writeValueAsString(report);
    }
}
