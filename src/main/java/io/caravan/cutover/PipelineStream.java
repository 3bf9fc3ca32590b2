package io.caravan.cutover;

import io.caravan.postgres.Lsn;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a cut-over asks of the pipeline that runs. */
public interface PipelineStream {
    /** Why the pipeline is not fit for a cut-over: what is red in its status. */
    List<String> problems() throws Exception;

    /** The end of each table's topic, once all that has committed on the source until now lies in the topics. */
    Map<String, Long> ends() throws Exception;

    /** Where the source was at the last {@link #ends}: what had committed before is in the topics. */
    Lsn lookedAt();

    /** Compares at a point of the stream; empty when equal, else what differs. */
    Optional<String> verify() throws Exception;
}
