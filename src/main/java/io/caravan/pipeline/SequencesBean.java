package io.caravan.pipeline;

import io.caravan.bootstrap.BootstrapState;
import io.caravan.bootstrap.PipelineTables;
import io.caravan.bootstrap.Step;
import io.caravan.cutover.SequencePosition;
import io.caravan.cutover.Sequences;
import io.caravan.postgres.Table;
import io.caravan.postgres.TableName;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bean {@code sequences}: keeps the target's sequences near the source's while the tables stream. */
public final class SequencesBean {
    private static final Logger LOG = LoggerFactory.getLogger(SequencesBean.class);

    private final Sequences sequences;
    private final PipelineTables tables;
    private final BootstrapState state;
    private final Set<String> said = ConcurrentHashMap.newKeySet();

    SequencesBean(Sequences sequences, PipelineTables tables, BootstrapState state) {
        this.sequences = sequences;
        this.tables = tables;
        this.state = state;
    }

    /** Does nothing before the pipeline streams and after the cut-over, when the target's sequences are on their own. */
    public void follow() throws SQLException {
        if (state.step() != Step.STREAMING || !state.cutOver().isEmpty()) {
            return;
        }
        List<TableName> streaming = tables.streaming().stream().map(Table::name).toList();
        for (SequencePosition position : sequences.follow(streaming)) {
            if (position.outcome() == SequencePosition.Outcome.FAILED && said.add(position.problem())) {
                LOG.warn("{}", position.problem());
            }
        }
    }
}
