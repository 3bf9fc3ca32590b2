package io.caravan.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.bootstrap.CutoverMark;
import io.caravan.bootstrap.NotReadyException;
import io.caravan.cutover.PipelineStream;
import io.caravan.pipeline.Pipeline;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.TableName;
import io.caravan.run.VerificationText;
import io.caravan.status.PipelineStatus;
import io.caravan.verify.TableResult;
import io.caravan.verify.VerificationReport;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A pipeline that runs in another process, as the cut-over asks it. */
final class RunningStream implements PipelineStream {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(120);

    private final Pipeline pipeline;
    private final RunningCaravan running;
    private final List<TableName> tables;
    private Lsn lookedAt = Lsn.ZERO;

    RunningStream(Pipeline pipeline, RunningCaravan running, List<TableName> tables) {
        this.pipeline = pipeline;
        this.running = running;
        this.tables = tables;
    }

    @Override
    public List<String> problems() throws IOException, InterruptedException {
        Optional<String> answer = running.status();
        return answer.isPresent()
                ? JSON.readValue(answer.get(), PipelineStatus.class).problems()
                : List.of(running.absence());
    }

    /** A message that was written after a change comes after it through slot, connector and Kafka. */
    @Override
    public Map<String, Long> ends() throws Exception {
        Lsn position = pipeline.messages().emit("cutover");
        lookedAt = position;
        long deadline = System.nanoTime() + LIMIT_NANOS;
        while (true) {
            try {
                pipeline.messages().requireArrived(position);
                break;
            } catch (NotReadyException e) {
                if (running.status().isEmpty()) {
                    throw new IllegalStateException(running.absence());
                }
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
        return CutoverMark.endsOf(
                pipeline.topics(), tables.stream().map(pipeline.topics()::of).toList());
    }

    @Override
    public Lsn lookedAt() {
        return lookedAt;
    }

    @Override
    public Optional<String> verify() throws IOException, InterruptedException {
        String answer = running.post("/api/verify")
                .orElseThrow(() -> new IOException("The Caravan process has ended. Start it again with 'run'."));
        VerificationReport report = JSON.readValue(answer, VerificationReport.class);
        Set<TableName> compared =
                report.tables().stream().map(TableResult::table).collect(Collectors.toSet());
        String left = tables.stream()
                .filter(table -> !compared.contains(table))
                .map(table -> "Table " + table
                        + " was not compared: its copy, or an index or constraint of it, is not complete yet.\n")
                .collect(Collectors.joining());
        String differences = report.equal() ? "" : VerificationText.of(report);
        return Optional.of(left + differences).filter(text -> !text.isEmpty());
    }
}
