package io.caravan.bootstrap.schema;

import io.caravan.bootstrap.schema.TableShape.Column;
import io.caravan.postgres.Identifier;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the target needs since a table of the source was altered.
 *
 * @param labels statements that add labels to enums
 * @param columns statements that add columns, or make them such as can be written to
 * @param partitions there are partitions that were not there before
 * @param byHand statements that destroy or reinterpret what is there, so a person has to run them
 * @param copy the table has to be copied again: its rows may have got values that no event brings, or changes under way do not fit
 *     the table as it is now
 */
public record TableChange(
        List<String> labels, List<String> columns, boolean partitions, List<String> byHand, boolean copy) {

    /**
     * Compares the source's table with what it was and with the target's.
     *
     * @param known the source's table when both sides agreed; null when that was never noted
     * @param sameTypes the target was given the source's types
     */
    public static TableChange of(
            TableName table,
            @Nullable TableShape known,
            TableShape there,
            TableShape here,
            Connection source,
            Connection target,
            boolean sameTypes)
            throws SQLException {
        Comparing columns = new Comparing(table, known, there, here, source, target, sameTypes);
        columns.compare();
        columns.copy |= known != null
                && (there.wasNamedSince(known)
                        || Partition.changedUntold(source, table, known, there)
                        || (there.wasRewrittenSince(known)
                                && Rewrite.mayHaveBeenUnlogged(source, table, known.horizon())));
        boolean partitions = known == null ? there.countsMorePartsThan(here) : there.hasMorePartsThan(known);
        if (partitions && sameTypes) {
            columns.byHand.addAll(Partition.toAttach(source, target, table));
        }
        EnumLabels labels = EnumLabels.of(source, table);
        EnumLabels ours = EnumLabels.of(target, table);
        List<String> byHand = columns.byHand;
        Map<String, String> before = known == null ? Map.of() : known.labels();
        byHand.addAll(labels.renamed(ours, before));
        columns.copy |= labels.areRenamedSince(before);
        AddedColumns added =
                AddedColumns.of(source, table, columns.missing, known == null || there.wasRewrittenSince(known));
        List<String> alter = new ArrayList<>(columns.writable);
        alter.addAll(added.statements());
        if (byHand.isEmpty() && !columns.expressions.isEmpty()) { // those of renamed columns are another text after it
            byHand.addAll(labels.added(ours));
            byHand.addAll(alter); // they may need what was added
            byHand.addAll(columns.expressions);
        }
        if (known != null && there.hasAnotherKeyThan(known)) {
            if (names(there.key()).equals(names(here.key()))) {
                columns.copy = true; // changes since then were applied by the old key
            } else {
                byHand.addAll(labels.added(ours));
                byHand.addAll(alter);
                byHand.add("ALTER TABLE " + table.sql() + " " + key(target, table, names(there.key())));
            }
        }
        return new TableChange(
                labels.added(ours),
                alter,
                partitions,
                byHand.stream().distinct().toList(),
                columns.copy || !added.sameInOldRows());
    }

    private static List<String> names(List<Column> columns) {
        return columns.stream().map(column -> String.valueOf(column.name())).toList();
    }

    private static String key(Connection target, TableName table, List<String> columns) throws SQLException {
        List<String> actions = new ArrayList<>();
        try (PreparedStatement select = target.prepareStatement(
                "select conname from pg_constraint where conrelid = to_regclass(?) and contype = 'p'")) {
            select.setString(1, table.sql());
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) {
                    actions.add("DROP CONSTRAINT " + Identifier.quote(row.getString(1)));
                }
            }
        }
        if (!columns.isEmpty()) {
            actions.add("ADD PRIMARY KEY ("
                    + columns.stream().map(Identifier::quote).collect(Collectors.joining(", ")) + ")");
        }
        return String.join(", ", actions);
    }

    public boolean isNone() {
        return labels.isEmpty() && columns.isEmpty() && byHand.isEmpty() && !partitions && !copy;
    }

    private static final class Comparing {
        private final String alter;
        private final @Nullable TableShape known;
        private final TableShape there;
        private final TableShape here;
        private final TargetExpressions expressionsHere;
        private final ColumnType types;
        private final boolean sameTypes;
        final List<String> byHand = new ArrayList<>();
        final List<String> writable = new ArrayList<>();
        final List<String> expressions = new ArrayList<>();
        final Set<String> missing = new TreeSet<>();
        boolean copy;

        Comparing(
                TableName table,
                @Nullable TableShape known,
                TableShape there,
                TableShape here,
                Connection source,
                Connection target,
                boolean sameTypes) {
            this.alter = "ALTER TABLE " + table.sql() + " ";
            this.known = known;
            this.there = there;
            this.here = here;
            this.expressionsHere = new TargetExpressions(target, table);
            this.types = new ColumnType(source, target, table);
            this.sameTypes = sameTypes;
        }

        void compare() throws SQLException {
            for (Column now : there.present().toList()) {
                compare(now, String.valueOf(now.name()));
            }
            if (known != null) {
                known.present()
                        .filter(before -> there.named(before.name()).isEmpty())
                        .forEach(before -> gone(before, String.valueOf(before.name())));
                // A column that came and went: changes under way still have it.
                copy |= there.columns().stream()
                        .anyMatch(column -> column.name() == null && column.number() > known.lastNumber());
            }
        }

        private void compare(Column now, String name) throws SQLException {
            Column ours = here.named(name).orElse(null);
            Column before = known == null ? null : known.numbered(now.number()).orElse(null);
            boolean isAnother = known == null
                    ? sameTypes
                    : before == null || !before.isCalled(name) || !before.type().equals(now.type());
            if (ours == null) {
                missing.add(name);
                copy |= known == null || before != null;
            } else if (isAnother && !ours.type().equals(now.type())) {
                byHand.addAll(types.statements(ours, now));
            }
            if (ours != null) {
                compareComputed(before, now, ours, Identifier.quote(name));
            }
            // Also one of the same name and type can have been filled anew: dropped and added, or by ALTER … USING.
            copy |= ours != null && known != null && (isAnother || isFilledAnew(before, now, known));
        }

        /** What the target computes is never written, so it must be what the source computes too, in the same way. */
        private void compareComputed(@Nullable Column before, Column now, Column ours, String name)
                throws SQLException {
            boolean noted = before != null && before.computed() != null;
            boolean unknown = known == null || (before != null && !noted);
            boolean changed = unknown
                    ? sameTypes
                    : before == null || !String.valueOf(before.computed()).equals(now.computed());
            // until they were made alike one side alone may have had values
            copy |= before != null && noted && before.isComputed() != now.isComputed();
            if (!now.isComputed() && ours.isComputed()) {
                copy = true;
                if (ours.isVirtual()) {
                    byHand.add(alter + "DROP COLUMN " + name);
                } else {
                    writable.add(alter + "ALTER COLUMN " + name + " DROP EXPRESSION");
                }
            } else if (changed && now.isComputed() && !ours.isComputed()) {
                byHand.add(alter + "DROP COLUMN " + name); // the look after that adds it as it is
            } else if (changed && now.isComputed() && expressionsHere.differ(now.expression(), ours.expression())) {
                expressions.add(alter
                        + (expressionsHere.canBeSet()
                                ? "ALTER COLUMN " + name + " SET EXPRESSION AS " + now.expression()
                                : "DROP COLUMN " + name));
            }
        }

        private boolean isFilledAnew(@Nullable Column before, Column now, TableShape then) {
            return before != null && !before.version().equals(now.version()) && there.wasRewrittenSince(then);
        }

        /** What the target has of a dropped column may stay as long as rows can come without it. */
        private void gone(Column before, String name) {
            Column ours = here.named(name).orElse(null);
            if (ours == null) {
                return;
            }
            Column now = there.numbered(before.number())
                    .filter(column -> column.name() != null)
                    .orElse(null);
            if (now != null && here.named(now.name()).isEmpty()) {
                missing.remove(now.name());
                byHand.add(alter + "RENAME COLUMN " + Identifier.quote(name) + " TO "
                        + Identifier.quote(String.valueOf(now.name())));
            } else if (now == null && ours.bound()) {
                byHand.add(alter + "DROP COLUMN " + Identifier.quote(name));
            }
        }
    }
}
