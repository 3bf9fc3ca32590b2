package io.caravan.ownsteps;

import io.caravan.change.Row;
import io.caravan.postgres.TableName;
import java.util.List;

/** What {@code routes/25-own-steps.camel.yaml} makes of rows. */
public interface OwnSteps {
    /** Nothing: every row stays as it is. */
    OwnSteps NONE = new OwnSteps() {
        @Override
        public boolean concern(TableName table) {
            return false;
        }

        @Override
        public List<Row> pass(TableName table, List<Row> rows) {
            return rows;
        }
    };

    /** Whether they may change or leave out a row of the table; true where that cannot be told. */
    boolean concern(TableName table);

    /**
     * Passes rows through the steps as inserts; by several threads.
     *
     * @return what is to be written, whose columns need not be the same in every row
     * @throws RuntimeException when a step fails, or makes something else of an insert; nothing may be written then
     */
    List<Row> pass(TableName table, List<Row> rows);
}
