package io.caravan.connector;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A row's values where they stand in the message that tells it, as PostgreSQL's own text in UTF-8. Immutable. */
final class Tuple {
    private static final int NULL = -1;
    private static final int UNCHANGED = -2;
    private static final byte[] NULL_JSON = {'n', 'u', 'l', 'l'};

    private final byte[] message;

    /** Of each column where its text begins and ends, or that it has none. */
    private final int[] places;

    private Tuple(byte[] message, int[] places) {
        this.message = message;
        this.places = places;
    }

    /** Reads a message on from a TupleData (PostgreSQL's "Logical Replication Message Formats"), whose bytes it keeps. */
    static Tuple read(ByteBuffer message) {
        int count = message.getShort();
        int[] places = new int[2 * count];
        for (int i = 0; i < places.length; i += 2) {
            byte kind = message.get();
            switch (kind) {
                case 'n' -> places[i] = NULL;
                case 'u' -> places[i] = UNCHANGED;
                case 't' -> {
                    int length = message.getInt();
                    places[i] = message.arrayOffset() + message.position();
                    places[i + 1] = places[i] + length;
                    message.position(message.position() + length);
                }
                default ->
                    throw new IllegalStateException("The slot sent a value of the kind '" + (char) kind
                            + "' where pgoutput of protocol version 1 sends text.");
            }
        }
        return new Tuple(message.array(), places);
    }

    int columns() {
        return places.length / 2;
    }

    /** With the old row's values in place of large ones that did not change; both rows are of one message. */
    Tuple completedBy(Tuple old) {
        int[] completed = places;
        for (int i = 0; i < places.length; i += 2) {
            if (places[i] == UNCHANGED && old.places[i] >= 0) {
                completed = completed == places ? places.clone() : completed;
                completed[i] = old.places[i];
                completed[i + 1] = old.places[i + 1];
            }
        }
        return completed == places ? this : new Tuple(message, completed);
    }

    /** Whether a large value is missing since it did not change. */
    boolean hasUnchanged() {
        for (int i = 0; i < places.length; i += 2) {
            if (places[i] == UNCHANGED) {
                return true;
            }
        }
        return false;
    }

    /** The texts of these columns, each behind its length; a column without one has the length that stands for that. */
    byte[] bytes(int[] columns) {
        int size = 0;
        for (int column : columns) {
            size += Integer.BYTES + (places[2 * column] < 0 ? 0 : places[2 * column + 1] - places[2 * column]);
        }
        ByteBuffer bytes = ByteBuffer.allocate(size);
        for (int column : columns) {
            int from = places[2 * column];
            if (from < 0) {
                bytes.putInt(from);
            } else {
                int length = places[2 * column + 1] - from;
                bytes.putInt(length).put(message, from, length);
            }
        }
        return bytes.array();
    }

    boolean isNull(int column) {
        return places[2 * column] == NULL;
    }

    boolean hasEqual(int column, Tuple other) {
        int at = 2 * column;
        int from = places[at];
        int otherFrom = other.places[at];
        if (from < 0 || otherFrom < 0) {
            return from == otherFrom;
        }
        return Arrays.equals(message, from, places[at + 1], other.message, otherFrom, other.places[at + 1]);
    }

    /** Adds the value as JSON. */
    void write(int column, JsonBytes json, byte[] unchanged) {
        int from = places[2 * column];
        switch (from) {
            case NULL -> json.add(NULL_JSON);
            case UNCHANGED -> json.add(unchanged);
            default -> json.string(message, from, places[2 * column + 1]);
        }
    }

    /** How long the texts are together, in bytes. */
    long bytes() {
        long sum = 0;
        for (int i = 0; i < places.length; i += 2) {
            sum += places[i] < 0 ? 0 : places[i + 1] - places[i];
        }
        return sum;
    }

    /** What it takes in memory, with its part of the message; in bytes. */
    long memory() {
        return bytes() + places.length * (Integer.BYTES + 1L);
    }

    /** How long they are in JSON, without quotes. */
    long jsonBytes() {
        long sum = 0;
        for (int i = 0; i < places.length; i += 2) {
            sum += places[i] < 0 ? 0 : JsonBytes.length(message, places[i], places[i + 1]);
        }
        return sum;
    }
}
