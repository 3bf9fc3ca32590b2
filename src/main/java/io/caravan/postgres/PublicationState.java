package io.caravan.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A publication as the catalogue has it, in a form that also tells when it was changed and changed back.
 *
 * @param version its object id, a colon, and the version of its options and owner
 * @param partial it does not publish every operation, or not by the roots of partitioned tables, or no generated columns where it could
 * @param members the version of each table's membership, by {@code schema.table}
 * @param partialMembers tables with a row filter or a column list
 */
public record PublicationState(
        String version, String owner, boolean partial, Map<String, String> members, List<String> partialMembers) {
    private static final SqlResource QUERY = SqlResource.read("publication.sql");

    private record Line(String table, String version, String owner, boolean partial) {}

    /** Empty when there is no such publication. */
    public static Optional<PublicationState> of(Connection source, String publication) throws SQLException {
        List<Line> lines = QUERY.query(
                source,
                Map.of("publication", publication),
                row -> new Line(
                        row.getString(2) == null ? "" : new TableName(row.getString(1), row.getString(2)).toString(),
                        row.getString(3),
                        String.valueOf(row.getString(4)),
                        row.getBoolean(5)));
        Map<String, String> members = new TreeMap<>();
        lines.stream().filter(line -> !line.table.isEmpty()).forEach(line -> members.put(line.table, line.version));
        List<String> partial = lines.stream()
                .filter(line -> !line.table.isEmpty() && line.partial)
                .map(Line::table)
                .toList();
        return lines.stream()
                .filter(line -> line.table.isEmpty())
                .map(line -> new PublicationState(line.version, line.owner, line.partial, members, partial))
                .findFirst();
    }
}
