package io.caravan.guard;

import io.caravan.guard.Observed.Source;
import io.caravan.guard.StoredOffsets.Stored;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.Publication;
import io.caravan.postgres.PublicationState;
import io.caravan.postgres.ReplicationSlot;
import io.caravan.postgres.TableName;
import io.caravan.postgres.UnfitStorage;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bean {@code guard}: compares what is there with what was noted, at a start and while the pipeline runs. A gap that was
 * found is kept in the target until its remedy was carried out, so that no restart forgets it.
 */
public final class Guard {
    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);
    private static final long DOUBT_MILLIS = 1000;

    private final EvidenceStore store;
    private final Observer observer;
    private final Publication publication;
    private final ReplicationSlot slot;
    private final Supplier<List<TableName>> tables;
    private final Progress progress;
    private final String pipeline;
    private volatile List<Gap> gaps = List.of();
    private volatile boolean noted;
    private volatile long databaseId;

    /** How far the set-up is. */
    public interface Progress {
        /** Nothing was copied yet, so publication, slot and topics may be made anew. */
        boolean isBeforeCopy() throws SQLException;

        /** Slot and connector are taken away on purpose. */
        boolean isCutOver() throws SQLException;
    }

    /** @param tables those of the pipeline, as far as they are known */
    public Guard(
            EvidenceStore store,
            Observer observer,
            Publication publication,
            ReplicationSlot slot,
            Supplier<List<TableName>> tables,
            Progress progress,
            String pipeline) {
        this.store = store;
        this.observer = observer;
        this.publication = publication;
        this.slot = slot;
        this.tables = tables;
        this.progress = progress;
        this.pipeline = pipeline;
    }

    /** The gaps known at the last look. */
    public List<Gap> gaps() {
        return gaps;
    }

    /** Which database the events are of ({@link ServerIdentity}); 0 until it was noted. */
    public long databaseId() {
        return databaseId;
    }

    /** Why nothing can be applied; null when it can. */
    public @Nullable String gapOfPipeline() {
        return gaps.stream()
                .filter(Gap::isOfPipeline)
                .map(Gap::message)
                .findFirst()
                .orElse(null);
    }

    /** Why the table cannot go on; null when it can. */
    public @Nullable String gapOf(TableName table) {
        return gaps.stream()
                .filter(gap -> gap.table().equals(table.toString()))
                .map(Gap::message)
                .findFirst()
                .orElse(null);
    }

    /** Whether a connector that is missing may be made again: not after a cut-over, and not where changes are missing. */
    public boolean mayRecreate() throws SQLException {
        return !progress.isBeforeCopy() && !progress.isCutOver() && gapOfPipeline() == null;
    }

    /**
     * Whether the connector refuses its stored offset although nothing is missing: all that the slot has let go of lies in the topics.
     * Then it can begin where the slot stands, without an offset, and events that come again are passed over. Such an offset is
     * stored by a worker of Kafka Connect that was thought dead and comes back; other unfit ones were set by someone.
     */
    public boolean mayBeginAtSlot() throws SQLException, InterruptedException {
        Evidence evidence = store.read();
        if (evidence == null || !mayRecreate()) {
            return false;
        }
        Observed now = observer.look(evidence, true);
        return now.isOffsetUnfit() && compare(evidence, now).stream().noneMatch(Gap::isOfPipeline);
    }

    /** At a start, before anything is made or altered. Gaps of single tables do not keep the others from going on. */
    public void requireNoGap() throws SQLException, InterruptedException, GapException {
        if (progress.isCutOver()) {
            throw new GapException(
                    "Pipeline " + pipeline + " was cut over: slot and connector were taken away. 'reset' and 'run'"
                            + " begin it anew; 'cutover --finish' ends what was cut off.");
        }
        if (progress.isBeforeCopy()) {
            store.revise((before, target) -> null);
            return;
        }
        examine(true);
        String gap = gapOfPipeline();
        if (gap != null) {
            throw new GapException(gap);
        }
        restartMessages();
    }

    /** After publication, slot and topics are there: notes what is not known yet. */
    public void note() throws SQLException, InterruptedException, GapException {
        AtomicReference<Observed> seen = new AtomicReference<>();
        Evidence after = store.revise((before, target) -> {
            Observed looked = observer.look(before, true);
            seen.set(looked);
            Evidence noted = before == null ? Evidence.first(looked, tableNames()) : before.withNew(looked);
            return noted == null ? null : noted.withTables(tableNames());
        });
        readGaps();
        noted = after != null;
        Observed now = seen.get();
        if (after == null || now == null) {
            throw new GapException("Source or Kafka do not tell what the guard has to note. Run again.");
        }
        Source source = now.source();
        List<String> partial = source == null
                ? List.of()
                : source.publication().map(PublicationState::partialMembers).orElse(List.of());
        if (!partial.isEmpty()) {
            throw new GapException("Publication " + publication.name() + " has a row filter or a column list on "
                    + String.join(", ", partial)
                    + ", so it leaves out changes. Take the tables out of it (ALTER PUBLICATION "
                    + publication.name() + " DROP TABLE …), then run again: Caravan adds them whole.");
        }
    }

    /**
     * One look while the pipeline runs. Returns all gaps, those of earlier looks too. Does not look before the start has noted the
     * publication and topics that it made: they would look like someone else's work.
     */
    public List<Gap> look() throws SQLException, InterruptedException {
        if (!noted) {
            return gaps;
        }
        if (progress.isBeforeCopy() || progress.isCutOver()) {
            return List.of();
        }
        examine(false);
        return gaps;
    }

    private void examine(boolean starting) throws SQLException, InterruptedException {
        Evidence before = store.read();
        Observed now = observer.look(before, starting);
        boolean doubt = before != null && !compare(before, now).isEmpty();
        if (doubt) {
            TimeUnit.MILLISECONDS.sleep(DOUBT_MILLIS); // a broker that has just come up may not know every topic yet
        }
        store.revise((kept, target) -> {
            if (kept == null) {
                return Evidence.first(observer.look(null, starting), tableNames());
            }
            // Under the lock, since whoever renews evidence holds it meanwhile; what was seen with the same evidence is
            // true still.
            Observed seen = kept.equals(before) && !doubt ? now : observer.look(kept, starting);
            List<Gap> found = new ArrayList<>(compare(kept, seen));
            found.addAll(unfit(target));
            found.stream()
                    .filter(gap -> !kept.gaps().containsKey(gap.table()))
                    .forEach(gap -> LOG.error("Changes are missing: {}", gap.message()));
            return kept.withServer(seen).withNew(seen).withGaps(found);
        });
        readGaps();
    }

    private List<Gap> compare(Evidence evidence, Observed now) {
        return Comparison.of(evidence, now, publication.name(), slot, observer.topics());
    }

    /** Tables of the target that do not keep what the ledger says was applied. Nothing tells whether rows were lost already. */
    private List<Gap> unfit(Connection target) throws SQLException {
        return UnfitStorage.among(target, tables.get()).stream()
                .map(each -> Gap.ofTable(
                        each.table().toString(),
                        "Table " + each.table() + ", or a partition of it, is or was "
                                + each.kind().what() + " in the target. "
                                + each.kind().effect() + " Run "
                                + each.kind().remedy() + " there."))
                .toList();
    }

    private List<String> tableNames() {
        return tables.get().stream().map(TableName::toString).toList();
    }

    /**
     * Before a table is copied again: takes its publication and topic as they are now for right. A topic that was made anew, or lost
     * the records that the ledger waits for, is read from its beginning: the copy holds what is gone, and its snapshot tells which
     * of the other events are older. What is gone stays a gap until {@link #mended}, so that nothing is applied across it should
     * the copy fail.
     */
    public void renew(TableName table) throws SQLException, InterruptedException {
        store.revise((before, target) -> {
            if (before == null) {
                return null;
            }
            String topic = observer.topics().of(table);
            observer.topics().create(topic);
            Observed now = observer.look(before, true);
            Map<String, String> ids = now.topics() == null ? Map.of() : now.topics();
            Source source = now.source();
            Map<String, String> members = source == null
                    ? Map.of()
                    : source.publication().map(PublicationState::members).orElse(Map.of());
            boolean anew = ids.containsKey(topic)
                    && !ids.get(topic).equals(before.topics().get(topic));
            boolean gone = observer.topics().readWhatIsThere(target, topic, anew);
            Evidence renewed = before.renewed(only(members, table.toString()), only(ids, topic));
            return gone
                    ? renewed.withGaps(List.of(
                            Gap.ofTable(table.toString(), "Changes of table " + table + " are in Kafka no more.")))
                    : renewed;
        });
        readGaps();
    }

    /** In the transaction that copies the table again; {@link #readGaps} after it. */
    public void mended(Connection inTransaction, TableName table) throws SQLException, InterruptedException {
        store.revise(inTransaction, (before, target) -> before == null ? null : before.mended(table.toString()));
    }

    /** Read again rather than taken over, since the one who revised last need not be the one who says so last. */
    public synchronized void readGaps() throws SQLException {
        Evidence evidence = store.read();
        gaps = evidence == null ? List.of() : evidence.gapList();
        databaseId = evidence == null ? 0 : evidence.server().databaseId();
    }

    /**
     * The topic of the messages carries no rows: one that was made anew or lost records is read from its beginning. What the
     * connector's last change was may have gone with it, or with a table's, and is not asked for at the next start either.
     */
    private void restartMessages() throws SQLException, InterruptedException {
        String topic = observer.topics().messages();
        store.revise((before, target) -> {
            Observed now = observer.look(before, false);
            String known = before == null ? null : before.topics().get(topic);
            if (before == null || known == null || now.topics() == null) {
                return before;
            }
            Evidence after = before.hasOtherTopics(now, observer.topics())
                    ? before.withGone(now.ownOffset().map(Stored::event).orElse(Lsn.ZERO))
                    : before;
            boolean anew = !known.equals(now.topics().get(topic));
            if (anew) {
                LOG.warn("Topic {} was deleted; it is begun anew", topic);
                observer.topics().create(topic);
            }
            observer.topics().readWhatIsThere(target, topic, anew);
            Map<String, String> ids = anew ? observer.look(before, false).topics() : null;
            return ids == null ? after : after.renewed(Map.of(), only(ids, topic));
        });
    }

    private static Map<String, String> only(Map<String, String> map, String key) {
        return map.entrySet().stream()
                .filter(entry -> entry.getKey().equals(key))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (one, same) -> one, TreeMap::new));
    }
}
