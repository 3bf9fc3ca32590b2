package io.caravan.guard;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.caravan.guard.Observed.Source;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.PublicationState;
import io.caravan.postgres.ServerIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is remembered of source, publication and topics, to tell later whether someone changed them; and the gaps that were
 * found. Kept as one flat JSON object in {@code caravan.bootstrap}, so it survives restarts, and updates of Caravan.
 *
 * @param topics Kafka's id of each topic
 * @param tables those that belonged to the pipeline at its last start
 * @param gaps by table; the empty name is the pipeline
 */
record Evidence(
        @JsonUnwrapped KnownServer server,
        @JsonUnwrapped KnownPublication published,
        Map<String, String> topics,
        List<String> tables,
        Map<String, String> gaps) {
    private static final Logger LOG = LoggerFactory.getLogger(Evidence.class);

    /**
     * The source's server.
     *
     * @param databaseId as {@link ServerIdentity} has it; 0 in a line that was written before it was noted
     * @param walFlushed the farthest position of the source's WAL that was seen
     * @param goneWithTopics what the connector delivered up to there may have been in a topic that is no more; null when none went
     */
    record KnownServer(
            String systemIdentifier,
            @JsonProperty("database") long databaseId,
            int timeline,
            String walFlushed,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String goneWithTopics) {

        Lsn gone() {
            return goneWithTopics == null ? Lsn.ZERO : Lsn.parse(goneWithTopics);
        }

        static KnownServer of(ServerIdentity now) {
            return new KnownServer(
                    now.systemIdentifier(),
                    now.databaseId(),
                    now.timeline(),
                    now.flushed().toString(),
                    null);
        }

        private KnownServer advancedTo(ServerIdentity now) {
            return new KnownServer(
                    systemIdentifier,
                    databaseId == 0 ? now.databaseId() : databaseId,
                    now.timeline(),
                    now.flushed().toString(),
                    goneWithTopics);
        }
    }

    /**
     * The publication.
     *
     * @param version as {@link PublicationState} has it
     * @param members the version of each table's membership
     */
    record KnownPublication(
            @JsonProperty("publication") String version,
            @JsonProperty("publicationOwner") String owner,
            Map<String, String> members) {

        static KnownPublication of(PublicationState now) {
            return new KnownPublication(now.version(), now.owner(), now.members());
        }

        private KnownPublication with(PublicationState now) {
            return new KnownPublication(now.version(), now.owner(), both(now.members(), members));
        }
    }

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
        return new Evidence(server, published, topics, tables, all);
    }

    /** Whether one of the pipeline's topics is gone or was made anew. False while Kafka does not answer. */
    boolean hasOtherTopics(Observed now, Observer.Names names) {
        Map<String, String> ids = now.topics();
        return ids != null
                && Stream.concat(now.tables().stream().map(names::of), Stream.of(names.messages()))
                        .anyMatch(topic ->
                                topics.containsKey(topic) && !topics.get(topic).equals(ids.get(topic)));
    }

    /** What is there at the first look; null while a part does not answer or there is no publication. */
    static @Nullable Evidence first(Observed now, List<String> tables) {
        Source source = now.source();
        if (source == null || now.topics() == null || source.publication().isEmpty()) {
            return null;
        }
        return new Evidence(
                KnownServer.of(source.identity()),
                KnownPublication.of(source.publication().get()),
                now.topics(),
                tables,
                Map.of());
    }

    /** Topics went, and what the connector delivered up to there may have gone with them: their tables have that gap. */
    Evidence withGone(Lsn upTo) {
        KnownServer after = new KnownServer(
                server.systemIdentifier(),
                server.databaseId(),
                server.timeline(),
                server.walFlushed(),
                upTo.toString());
        return new Evidence(after, published, topics, tables, gaps);
    }

    /** The WAL's progress, and a new timeline of which nothing is missing. */
    Evidence withServer(Observed seen) {
        Source source = seen.source();
        if (source == null || source.identity().standby()) {
            return this;
        }
        ServerIdentity now = source.identity();
        if (now.timeline() != server.timeline() && !seen.offsetIsTold()) {
            return this; // nothing tells yet whether the server has what was delivered
        }
        if (now.timeline() > server.timeline()) {
            LOG.warn("The source went from timeline {} to {}", server.timeline(), now.timeline());
        }
        return now.systemIdentifier().equals(server.systemIdentifier())
                ? new Evidence(server.advancedTo(now), published, topics, tables, gaps)
                : this;
    }

    /** A table that is left out for a while has changes that the stream does not bring. */
    Evidence withTables(List<String> chosen) {
        List<Gap> leftOut = tables.stream()
                .filter(table -> !chosen.contains(table))
                .map(table -> Gap.ofTable(
                        table, "Table " + table + " was left out of the pipeline for a while; changes are missing."))
                .toList();
        return new Evidence(server, published, topics, chosen, withGaps(leftOut).gaps);
    }

    /** Adds the members and topics that are not known yet and leaves alone what is; the publication is as it is now. */
    Evidence withNew(Observed seen) {
        PublicationState now =
                seen.source() == null ? null : seen.source().publication().orElse(null);
        return new Evidence(
                server,
                now == null ? published : published.with(now),
                seen.topics() == null ? topics : both(seen.topics(), topics),
                tables,
                gaps);
    }

    /** These members and topics are right as they are now. */
    Evidence renewed(Map<String, String> members, Map<String, String> ids) {
        KnownPublication renewed =
                new KnownPublication(published.version(), published.owner(), both(published.members(), members));
        return new Evidence(server, renewed, both(topics, ids), tables, gaps);
    }

    /** The table was copied, so nothing is missing of it. */
    Evidence mended(String table) {
        Map<String, String> left = new TreeMap<>(gaps);
        left.remove(table);
        return new Evidence(server, published, topics, tables, left);
    }

    private static Map<String, String> both(Map<String, String> map, Map<String, String> winning) {
        Map<String, String> all = new TreeMap<>(map);
        all.putAll(winning);
        return all;
    }
}
