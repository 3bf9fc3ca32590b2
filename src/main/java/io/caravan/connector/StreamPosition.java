package io.caravan.connector;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Where in the slot's stream the message is that the current thread decodes: the LSN of its transaction's COMMIT, and the number
 * of the message within the transaction. Transactions come in the order of their commits, and each comes whole, from its BEGIN,
 * whenever it is sent (protocol version 1 of pgoutput, without streaming). So a message has the same position each time that it
 * is sent, and a later message a later one. The LSN of a change would do neither: rows of a page that COPY wrote share one, and a
 * transaction that began earlier can commit later.
 */
public final class StreamPosition {
    /** The header that carries it. */
    static final String HEADER = "caravan.position";

    /** In an offset: the commit of what was sent last. */
    static final String COMMIT_KEY = "commit";

    /** Of the header: the database's id. What follows it is the position. */
    static final int DATABASE_BYTES = Long.BYTES;

    private static final int TIMELINE_AT = DATABASE_BYTES;
    private static final int COMMIT_AT = TIMELINE_AT + Integer.BYTES;
    private static final int BYTES = COMMIT_AT + Long.BYTES + Integer.BYTES + Integer.BYTES;

    private static final ThreadLocal<StreamPosition> OF_THREAD = ThreadLocal.withInitial(StreamPosition::new);

    private long commit;
    private int message;
    private int event;

    /** The one of the current thread: each task decodes in a thread of its own. */
    public static StreamPosition current() {
        return OF_THREAD.get();
    }

    /**
     * Notes the message that comes next.
     *
     * @param buffer the message as pgoutput sends it, behind the byte that tells its kind
     */
    public void enter(ByteBuffer buffer) {
        int body = buffer.position();
        switch (buffer.get(body - 1)) {
            case 'B' -> begin(buffer.getLong(body), 0); // the LSN of the COMMIT
            case 'I', 'U', 'D', 'T' -> begin(commit, message + 1);
            case 'M' -> {
                boolean isTransactional = (buffer.get(body) & 1) != 0;
                if (isTransactional) {
                    begin(commit, message + 1);
                } else {
                    begin(buffer.getLong(body + 1), 0); // its own LSN; it stands between transactions
                }
            }
            default -> {} // tells of a table, a type, an origin, or the end: it has no events, and may come again
        }
    }

    private void begin(long ofCommit, int ofMessage) {
        commit = ofCommit;
        message = ofMessage;
        event = 0;
    }

    /** Notes in the record's headers where the message is that the current thread has made it of. */
    public static void mark(SourceRecord record) {
        record.headers().addBytes(HEADER, current().next());
    }

    /** Adds database and timeline to the header, timeline and commit to the record's offset, and seals the offset. */
    @SuppressWarnings("unchecked") // of each record its own map (PostgresOffsetContext.getOffset)
    static void complete(SourceRecord record, Timeline timeline) {
        Map<String, Object> offset = (Map<String, Object>) record.sourceOffset();
        offset.put(Timeline.KEY, timeline.number());
        Header header = record.headers().lastWithName(HEADER);
        if (header != null && header.value() instanceof byte[] position) {
            ByteBuffer bytes =
                    ByteBuffer.wrap(position).putLong(0, timeline.databaseId()).putInt(TIMELINE_AT, timeline.number());
            offset.put(COMMIT_KEY, bytes.getLong(COMMIT_AT));
        }
        OffsetSeal.put(offset);
    }

    /** The header's value of an event that goes to this partition of its topic, which {@link EventHeaders} is told so. */
    static byte[] inPartition(byte[] position, int partition) {
        return ByteBuffer.allocate(BYTES + Integer.BYTES)
                .put(position)
                .putInt(partition)
                .array();
    }

    /** The position of such a value. */
    static byte[] withoutPartition(byte[] value) {
        return value.length <= BYTES ? value : Arrays.copyOf(value, BYTES);
    }

    /** The partition of such a value, 0 where it tells none. */
    static int partition(byte[] value) {
        return value.length <= BYTES ? 0 : ByteBuffer.wrap(value).getInt(BYTES);
    }

    /** Of the next event that is made of the message: a key change makes two, a TRUNCATE one for each table. */
    byte[] next() {
        return ByteBuffer.allocate(BYTES)
                .putLong(0) // these two until the task is asked for them
                .putInt(0)
                .putLong(commit)
                .putInt(message)
                .putInt(event++)
                .array();
    }
}
