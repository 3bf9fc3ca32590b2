package io.caravan.preflight;

import io.caravan.postgres.Publication;
import io.caravan.postgres.ReplicationSlot;
import io.caravan.postgres.SqlResource;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A slot that is taken over (caravan.copy=false) holds changes of the past, which the publication decides on as it was then. */
final class AdoptedSlotChecks {
    private static final String REMEDY = "Exclude the table, or set caravan.copy=true and begin with an empty target."
            + " Next time create the publication first, for every table, and then the slot.";

    private static final SqlResource AFTER = SqlResource.read("adopted-slot/publication-after.sql");

    private final ReplicationSlot slot;
    private final Publication publication;

    AdoptedSlotChecks(ReplicationSlot slot, Publication publication) {
        this.slot = slot;
        this.publication = publication;
    }

    List<Finding> run(Connection source, List<Table> tables) throws SQLException {
        if (slot.status(source).isEmpty()) {
            return List.of(new Finding(
                    "slot",
                    "caravan.copy=false takes over replication slot " + slot.name()
                            + ", which the source does not have.",
                    "For the way back of a cut-over, 'cutover --reverse-slot' of the pipeline there makes it, with its"
                            + " publication; else make publication and slot before the rows are copied, or set"
                            + " caravan.copy=true."));
        }
        if (!publication.exists(source)) {
            return List.of(new Finding(
                    "publication",
                    "caravan.copy=false takes over slot " + slot.name() + ", but there is no publication "
                            + publication.name()
                            + ". One that is made now would not hold the changes since the slot was made:"
                            + " PostgreSQL 18 leaves them out without an error, older versions fail.",
                    "Set caravan.publication to the one that was there when the slot was made, or set caravan.copy=true"
                            + " and begin with an empty target."));
        }
        List<Finding> findings = new ArrayList<>(unpublished(source, tables));
        if (findings.isEmpty()) {
            findings.addAll(youngerThanTheSlot(source));
        }
        return findings;
    }

    private List<Finding> unpublished(Connection source, List<Table> tables) throws SQLException {
        Set<TableName> published = publication.tables(source);
        return tables.stream()
                .flatMap(table ->
                        published.contains(table.name()) || table.partitions().isEmpty()
                                ? Stream.of(table.name())
                                : table.partitions().stream())
                .filter(table -> !published.contains(table))
                .map(table -> new Finding(
                        "publication",
                        "caravan.copy=false takes over a slot from the past, but publication " + publication.name()
                                + " does not publish table " + table
                                + ", so its changes since the slot was made are not to be had.",
                        REMEDY))
                .toList();
    }

    /** PostgreSQL 18 logs "skipped loading publication" and drops the changes (LoadPublications in pgoutput.c); 17 fails. */
    private List<Finding> youngerThanTheSlot(Connection source) throws SQLException {
        SlotAge age = SlotAge.of(source, slot);
        List<String> perhaps = writtenSince(source, age.bound());
        if (perhaps.isEmpty()) {
            return List.of();
        }
        String oldest;
        try {
            oldest = age.oldest();
        } catch (SQLException e) {
            return List.of(new Finding(
                    "publication",
                    "caravan.copy=false takes over slot " + slot.name() + ", and whether "
                            + String.join(", ", perhaps)
                            + " was made or altered after it cannot be told, since what it holds cannot be read"
                            + " through a temporary copy of it with plugin test_decoding: " + e.getMessage(),
                    "Install PostgreSQL's contrib package on the source, or raise max_replication_slots; or set"
                            + " caravan.copy=true and begin with an empty target."));
        }
        return writtenSince(source, oldest).stream()
                .map(what -> new Finding(
                        "publication",
                        "caravan.copy=false takes over slot " + slot.name() + ", but " + what
                                + " was made or altered after it, so changes since the slot was made can be missing.",
                        REMEDY))
                .toList();
    }

    private List<String> writtenSince(Connection source, String oldest) throws SQLException {
        return AFTER.query(
                source, Map.of("publication", publication.name(), "oldest", oldest), row -> row.getString("what"));
    }
}
