package io.caravan.bootstrap;

import io.caravan.postgres.TableName;

/** The stream of this process, as whoever copies a table needs it. The ledger's lock keeps that of other processes out. */
public interface TableStream {
    /** For a command beside which no stream runs. */
    TableStream NONE = new TableStream() {
        @Override
        public void hold(TableName table) {
            // nothing is applied by this process
        }

        @Override
        public void begin(TableName table) {
            // nothing is applied by this process
        }

        @Override
        public void stop(TableName table, Exception reason) {
            // nothing is applied by this process
        }
    };

    /** Applies nothing to the table until {@link #begin}. */
    void hold(TableName table) throws Exception;

    /** Applies the table's changes from where the ledger says, whether it was applied before or is new; not across a gap. */
    void begin(TableName table) throws Exception;

    /** Applies nothing to the table, visibly, until {@link #begin}. */
    void stop(TableName table, Exception reason);
}
