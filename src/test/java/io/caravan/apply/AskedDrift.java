package io.caravan.apply;

import io.caravan.bootstrap.Drift;
import io.caravan.bootstrap.DriftException;
import io.caravan.change.Batch;
import java.sql.SQLException;

/** The bean {@code drift}, with what happens to come right before its answer. */
public final class AskedDrift {
    private final Drift drift;
    private final Happening before;

    interface Happening {
        void happen() throws SQLException;
    }

    AskedDrift(Drift drift, Happening before) {
        this.drift = drift;
        this.before = before;
    }

    public void requireNone(String table) throws SQLException, DriftException {
        before.happen();
        drift.requireNone(table);
    }

    public void mend(String table, Exception reason, Batch changes) throws SQLException, DriftException {
        before.happen();
        drift.mend(table, reason, changes);
    }
}
