package io.caravan.guard;

import io.caravan.guard.Observed.Delivered;
import io.caravan.guard.Observed.Source;
import io.caravan.guard.StoredOffsets.Stored;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.PublicationState;
import io.caravan.postgres.ReplicationSlot;
import io.caravan.postgres.ServerIdentity;
import io.caravan.postgres.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tells from the evidence and what is there now which changes are missing. */
final class Comparison {
    private final String publication;
    private final ReplicationSlot slot;
    private final List<TableName> tables;
    private final Observer.Names topics;
    private final List<Gap> gaps = new ArrayList<>();

    private Comparison(String publication, ReplicationSlot slot, List<TableName> tables, Observer.Names topics) {
        this.publication = publication;
        this.slot = slot;
        this.tables = tables;
        this.topics = topics;
    }

    static List<Gap> of(
            Evidence evidence, Observed observed, String publication, ReplicationSlot slot, Observer.Names topics) {
        Comparison comparison = new Comparison(publication, slot, observed.tables(), topics);
        Source source = observed.source();
        if (source != null) {
            comparison.identity(evidence, source, observed);
            comparison.slot(source, observed);
            comparison.publication(evidence, source);
        }
        comparison.offset(evidence, observed);
        comparison.topics(evidence, observed);
        return comparison.gaps;
    }

    private void gap(String found) {
        gaps.add(Gap.ofPipeline(found));
    }

    private void identity(Evidence evidence, Source source, Observed observed) {
        ServerIdentity now = source.identity();
        if (!now.systemIdentifier().equals(evidence.server().systemIdentifier())) {
            gap("The source is another server than before (system identifier " + now.systemIdentifier() + ", before "
                    + evidence.server().systemIdentifier()
                    + "), so the positions of slot and connector mean nothing there.");
        } else if (evidence.server().databaseId() != 0 && evidence.server().databaseId() != now.databaseId()) {
            gap("The source is another database than before, of the same server: caravan.source.url was changed, or the"
                    + " database was dropped and made anew.");
        } else if (!now.standby() && now.timeline() != evidence.server().timeline()) {
            timeline(evidence, source, observed);
        } else if (!now.standby() && Lsn.parse(evidence.server().walFlushed()).isAfter(now.flushed())) {
            gap(
                    "The source's WAL ends at " + now.flushed() + " and was at "
                            + evidence.server().walFlushed()
                            + " before: the server was restored from a backup, and what was written after it is in the target.");
        } else if (!now.standby()) {
            strangers(now, observed);
        }
    }

    /** All that the source has written since lies before such a change, and counts as sent before. */
    private void strangers(ServerIdentity source, Observed observed) {
        for (TableName table : tables) {
            Lsn applied = observed.applied().getOrDefault(topics.of(table), Lsn.ZERO);
            if (applied.isAfter(source.flushed())) {
                gaps.add(Gap.ofTable(
                        table.toString(),
                        "Topic " + topics.of(table) + " has a change that was committed at " + applied
                                + ", and the source's WAL ends at " + source.flushed()
                                + ": a connector of another source writes there, and changes of this one were passed over"
                                + " since. Give one of the two another caravan.topic-prefix."));
            }
        }
    }

    /** What the connector delivered from the new timeline says nothing of the old one. */
    private void timeline(Evidence evidence, Source source, Observed observed) {
        Optional<Lsn> left = source.leftTimeline();
        String turn = "The source went from timeline " + evidence.server().timeline() + " to "
                + source.identity().timeline();
        if (left.isEmpty()) {
            gap(turn + ", which does not descend from it.");
            return;
        }
        Optional<Stored> stored = observed.ownOffset();
        if (stored.isPresent() && stored.get().timeline() == source.identity().timeline()) {
            return;
        }
        Lsn delivered =
                observed.delivered() == null ? Lsn.ZERO : observed.delivered().event();
        if (stored.isPresent() && stored.get().event().isAfter(delivered)) {
            delivered = stored.get().event();
        }
        if (delivered.isAfter(left.get())) {
            gap(turn + " at " + left.get() + ", but changes up to " + delivered
                    + " had been delivered: a standby took over that did not have them, or a backup was restored.");
        }
    }

    private void slot(Source source, Observed observed) {
        if (source.slot().isEmpty()) {
            gap("Replication slot " + slot.name()
                    + " is gone from the source, and with it the changes since it was last read.");
            return;
        }
        ReplicationSlot.Status now = source.slot().get();
        if (now.isLost()) {
            gap("Replication slot " + slot.name() + " was invalidated ("
                    + (now.invalidation().isEmpty() ? "max_slot_wal_keep_size" : now.invalidation())
                    + "): the source does not have its changes any more.");
            return;
        }
        Optional<Stored> stored = observed.ownOffset();
        Delivered delivered = observed.delivered();
        // A worker of Kafka Connect that was thought dead stores an offset from before once it comes back. What
        // the slot has let go of since then lies in the topics.
        boolean isThere = delivered != null && delivered.reaches(now.confirmedFlush());
        if (stored.isPresent() && stored.get().isBefore(now) && !isThere) {
            gap(
                    "Replication slot " + slot.name() + " stands at " + now.confirmedFlush()
                            + ", beyond what the connector has delivered ("
                            + stored.get().farthest()
                            + "): it was made anew or moved, or the connector's offset was set back. The changes between are missing.");
        }
    }

    /** What was in a topic that is another one now is missing of its table alone, which has that gap; of the messages it is none. */
    private void offset(Evidence evidence, Observed observed) {
        Optional<Stored> stored = observed.ownOffset();
        Delivered delivered = observed.delivered();
        if (!observed.offsetIsTold() || delivered == null) {
            return;
        }
        if (stored.isEmpty() && !delivered.event().equals(Lsn.ZERO)) {
            lostOffset(observed, delivered);
        }
        if (stored.isPresent()
                && stored.get().event().isAfter(delivered.event())
                && stored.get().event().isAfter(evidence.server().gone())
                && !evidence.hasOtherTopics(observed, topics)) {
            gap("The connector's stored offset is " + stored.get().event()
                    + ", beyond all that lies in the topics or was applied (" + delivered.event()
                    + "): topics lost records. The changes between are missing.");
        }
    }

    /** Without an offset the connector begins where the slot stands; what was delivered and comes again is passed over. */
    private void lostOffset(Observed observed, Delivered delivered) {
        if (observed.source() == null || observed.source().slot().isEmpty()) {
            return; // the slot itself is the gap
        }
        Lsn begin = observed.source().slot().get().confirmedFlush();
        if (!delivered.reaches(begin)) {
            gap("The connector's stored offset "
                    + (observed.offset().orElse(Stored.LOST).equals(Stored.LOST) ? "is lost" : "was set by someone")
                    + ", so it would begin where replication slot " + slot.name()
                    + " stands, at " + begin + ", beyond all that lies in the topics or was applied ("
                    + delivered.commit()
                    + "). The changes between are missing.");
        }
    }

    private void publication(Evidence evidence, Source source) {
        if (source.publication().isEmpty()) {
            gap("Publication " + publication + " was dropped from the source; changes since are not in the stream.");
            return;
        }
        PublicationState now = source.publication().get();
        boolean ownerOnly = !now.owner().equals(evidence.published().owner())
                && !now.partial()
                && oid(now.version()).equals(oid(evidence.published().version()));
        if (!now.version().equals(evidence.published().version()) && !ownerOnly) {
            gap("Publication " + publication + " was altered, or dropped and made anew; it may have left out changes.");
            return;
        }
        for (TableName table : tables) {
            String before = evidence.published().members().get(table.toString());
            String member = now.members().get(table.toString());
            if (before != null && !source.tables().contains(table.toString())) {
                gaps.add(Gap.ofTable(
                        table.toString(),
                        "Table " + table
                                + " is gone from the source: dropped, or renamed, which makes it a new table, or attached"
                                + " to another one as its partition."
                                + " The target keeps what it has of it; the other tables go on. The next start goes on"
                                + " without it: DROP TABLE " + table.sql()
                                + " on the target, if it is not needed and no partition there."
                                + " Should it come back before:"));
            } else if (before != null && member == null) {
                gaps.add(Gap.ofTable(
                        table.toString(),
                        "Table " + table + " was taken out of publication " + publication
                                + "; changes since are not in the stream."));
            } else if (before != null && !before.equals(member)) {
                gaps.add(Gap.ofTable(
                        table.toString(),
                        "Table " + table + " was taken out of publication " + publication
                                + " and put in again; changes between are missing."));
            }
        }
    }

    /** Of a publication's version, which is its object id and its row's version. */
    private static String oid(String version) {
        return version.substring(0, Math.max(0, version.indexOf(':')));
    }

    private void topics(Evidence evidence, Observed observed) {
        if (observed.topics() == null) {
            return;
        }
        for (TableName table : tables) {
            String topic = topics.of(table);
            String before = evidence.topics().get(topic);
            String now = observed.topics().get(topic);
            if (before != null && !before.equals(now)) {
                gaps.add(Gap.ofTable(
                        table.toString(),
                        "Topic " + topic + (now == null ? " was deleted" : " was deleted and made anew")
                                + "; changes that were in it are missing from table " + table + "."));
            }
        }
    }
}
