package io.caravan.guard;

import io.caravan.guard.Observed.Source;
import io.caravan.postgres.PublicationState;
import io.caravan.postgres.ServerIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is remembered of slot, publication, topics and source, to tell later whether someone changed them; and the gaps that
 * were found. Kept as JSON in {@code caravan.bootstrap}, so it survives restarts.
 *
 * @param database as {@link ServerIdentity} has it; 0 in a line that was written before it was noted
 * @param walFlushed the farthest position of the source's WAL that was seen
 * @param members the publication's version of each table's membership
 * @param topics Kafka's id of each topic
 * @param tables those that belonged to the pipeline at its last start
 * @param gaps by table; the empty name is the pipeline
 */
record Evidence(
        String systemIdentifier,
        long database,
        int timeline,
        String walFlushed,
        String publication,
        String publicationOwner,
        Map<String, String> members,
        Map<String, String> topics,
        List<String> tables,
        Map<String, String> gaps) {
    private static final Logger LOG = LoggerFactory.getLogger(Evidence.class);

    /** Those of the pipeline and of tables that belong to it. */
    List<Gap> gapList() {
        List<Gap> list = new ArrayList<>();
        gaps.forEach((table, message) -> list.add(new Gap(table, message)));
        list.removeIf(gap -> !gap.isOfPipeline() && !tables.contains(gap.table()));
        return list;
    }

    Evidence withGaps(List<Gap> found) {
        Map<String, String> all = new TreeMap<>(gaps);
        found.forEach(gap -> all.putIfAbsent(gap.table(), gap.message()));
        return new Evidence(
                systemIdentifier,
                database,
                timeline,
                walFlushed,
                publication,
                publicationOwner,
                members,
                topics,
                tables,
                all);
    }

    /** What is there at the first look; null while a part does not answer or there is no publication. */
    static @Nullable Evidence first(Observed now, List<String> tables) {
        Source source = now.source();
        if (source == null || now.topics() == null || source.publication().isEmpty()) {
            return null;
        }
        PublicationState published = source.publication().get();
        return new Evidence(
                source.identity().systemIdentifier(),
                source.identity().database(),
                source.identity().timeline(),
                source.identity().flushed().toString(),
                published.version(),
                published.owner(),
                published.members(),
                now.topics(),
                tables,
                Map.of());
    }

    /** A time line that was left in order, and the WAL's progress. */
    Evidence withServer(Observed seen) {
        Source source = seen.source();
        if (source == null || source.identity().standby()) {
            return this;
        }
        ServerIdentity now = source.identity();
        if (now.timeline() != timeline && !seen.offsetIsTold()) {
            return this; // nothing tells yet whether the server has what was delivered
        }
        if (now.timeline() > timeline) {
            LOG.warn("The source went from timeline {} to {}", timeline, now.timeline());
        }
        return now.systemIdentifier().equals(systemIdentifier)
                ? new Evidence(
                        systemIdentifier,
                        database == 0 ? now.database() : database,
                        now.timeline(),
                        now.flushed().toString(),
                        publication,
                        publicationOwner,
                        members,
                        topics,
                        tables,
                        gaps)
                : this;
    }

    /** A table that is left out for a while has changes that the stream does not bring. */
    Evidence withTables(List<String> chosen) {
        List<Gap> leftOut = tables.stream()
                .filter(table -> !chosen.contains(table))
                .map(table -> Gap.ofTable(
                        table, "Table " + table + " was left out of the pipeline for a while; changes are missing."))
                .toList();
        Evidence marked = withGaps(leftOut);
        return new Evidence(
                systemIdentifier,
                database,
                timeline,
                walFlushed,
                publication,
                publicationOwner,
                members,
                topics,
                chosen,
                marked.gaps);
    }

    /** Adds the members and topics that are not known yet and leaves alone what is; the publication is as it is now. */
    Evidence withNew(Observed seen) {
        PublicationState now =
                seen.source() == null ? null : seen.source().publication().orElse(null);
        return new Evidence(
                systemIdentifier,
                database,
                timeline,
                walFlushed,
                now == null ? publication : now.version(),
                now == null ? publicationOwner : now.owner(),
                now == null ? members : both(now.members(), members),
                seen.topics() == null ? topics : both(seen.topics(), topics),
                tables,
                gaps);
    }

    /** As publication and topic are now is right. */
    Evidence renewed(Map<String, String> member, Map<String, String> topic) {
        return new Evidence(
                systemIdentifier,
                database,
                timeline,
                walFlushed,
                publication,
                publicationOwner,
                both(members, member),
                both(topics, topic),
                tables,
                gaps);
    }

    /** The table was copied, so nothing is missing of it. */
    Evidence mended(String table) {
        Map<String, String> left = new TreeMap<>(gaps);
        left.remove(table);
        return new Evidence(
                systemIdentifier,
                database,
                timeline,
                walFlushed,
                publication,
                publicationOwner,
                members,
                topics,
                tables,
                left);
    }

    private static Map<String, String> both(Map<String, String> map, Map<String, String> winning) {
        Map<String, String> all = new TreeMap<>(map);
        all.putAll(winning);
        return all;
    }
}
