package io.caravan.run;

import io.caravan.verify.TableResult;
import io.caravan.verify.VerificationReport;
import java.util.Locale;

/** A comparison as people read it: a line for each table that differs, its rows below it, and the outcome. */
public final class VerificationText {
    private VerificationText() {}

    public static String of(VerificationReport report) {
        StringBuilder text = new StringBuilder();
        report.tables().stream()
                .filter(table -> !table.equal() || table.repaired() > 0)
                .forEach(table -> {
                    text.append(outcome(table));
                    table.examples()
                            .forEach(each -> text.append("    %s %s%n"
                                    .formatted(
                                            each.kind()
                                                    .name()
                                                    .toLowerCase(Locale.ROOT)
                                                    .replace('_', ' '),
                                            each.key())));
                });
        return text.append(String.format(
                        Locale.ROOT,
                        report.equal()
                                ? "  EQUAL: %s in %s, compared in %.1f s"
                                : "  NOT EQUAL: %s in %s, compared in %.1f s",
                        Counted.of(report.rows(), "row"),
                        Counted.of(report.tables().size(), "table"),
                        report.seconds()))
                .toString();
    }

    private static String outcome(TableResult table) {
        if (!table.problem().isEmpty()) {
            return "  %s is not equal: %s%n".formatted(table.table(), table.problem());
        }
        return table.equal()
                ? "  %s is equal again: %s repaired%n"
                        .formatted(table.table(), new Counted(table.repaired(), "row was", "rows were"))
                : "  %s differs: %s in the source, %,d in the target, %s%n"
                        .formatted(
                                table.table(),
                                Counted.of(table.sourceRows(), "row"),
                                table.targetRows(),
                                Counted.of(table.differences(), "difference"));
    }
}
