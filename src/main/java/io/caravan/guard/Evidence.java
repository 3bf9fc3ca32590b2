package io.caravan.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is remembered of slot, publication, topics and source, to tell later whether someone changed them; and the gaps that
 * were found. Kept as JSON in {@code caravan.bootstrap}, so it survives restarts.
 *
 * @param walFlushed the farthest position of the source's WAL that was seen
 * @param members the publication's version of each table's membership
 * @param topics Kafka's id of each topic
 * @param tables those that belonged to the pipeline at its last start
 * @param gaps by table; the empty name is the pipeline
 */
record Evidence(
        String systemIdentifier,
        int timeline,
        String walFlushed,
        String publication,
        String publicationOwner,
        Map<String, String> members,
        Map<String, String> topics,
        List<String> tables,
        Map<String, String> gaps) {

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
                systemIdentifier, timeline, walFlushed, publication, publicationOwner, members, topics, tables, all);
    }

    Evidence withServer(int nowTimeline, String nowFlushed) {
        return new Evidence(
                systemIdentifier,
                nowTimeline,
                nowFlushed,
                publication,
                publicationOwner,
                members,
                topics,
                tables,
                gaps);
    }

    Evidence withPublication(String version, String owner) {
        return new Evidence(systemIdentifier, timeline, walFlushed, version, owner, members, topics, tables, gaps);
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
                timeline,
                walFlushed,
                publication,
                publicationOwner,
                members,
                topics,
                chosen,
                marked.gaps);
    }

    /** Adds what is not known yet and leaves alone what is. */
    Evidence withNew(Map<String, String> moreMembers, Map<String, String> moreTopics) {
        return new Evidence(
                systemIdentifier,
                timeline,
                walFlushed,
                publication,
                publicationOwner,
                both(moreMembers, members),
                both(moreTopics, topics),
                tables,
                gaps);
    }

    /** As publication and topic are now is right. */
    Evidence renewed(Map<String, String> member, Map<String, String> topic) {
        return new Evidence(
                systemIdentifier,
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
                systemIdentifier, timeline, walFlushed, publication, publicationOwner, members, topics, tables, left);
    }

    private static Map<String, String> both(Map<String, String> map, Map<String, String> winning) {
        Map<String, String> all = new TreeMap<>(map);
        all.putAll(winning);
        return all;
    }
}
