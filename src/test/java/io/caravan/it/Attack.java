package io.caravan.it;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Rounds of an attack on a running pipeline: writers, and blows on its parts; then the writers stop, and every row of the
 * target must become what the source has. Run by {@code scripts/chaos.sh} and, for a few seeds, by {@link ChaosIT}.
 */
final class Attack implements AutoCloseable {
    private static final Duration DRAIN_LIMIT = Duration.ofMinutes(5);

    private final Path directory;
    private final PrintStream out;
    private final List<Blow> struck = new ArrayList<>();
    private AttackedPipeline pipeline;

    Attack(Path directory, PrintStream out) {
        this.directory = directory;
        this.out = out;
    }

    /** Arguments: rounds, first seed, an empty folder. Exit code 0: every round ended equal. */
    public static void main(String[] arguments) throws Exception {
        int rounds = Integer.parseInt(arguments[0]);
        long seed = Long.parseLong(arguments[1]);
        Attack attack = new Attack(Path.of(arguments[2]), System.out);
        for (int equal = 0; equal < rounds; equal++) {
            try {
                attack.round(seed + equal);
            } catch (Throwable failure) { // whatever it is, the seed and what is known are told
                attack.tell(failure, seed + equal);
                System.out.printf(
                        "%d rounds EQUAL, then seed %d FAILED; again: scripts/chaos.sh 1 %2$d%n", equal, seed + equal);
                System.exit(1);
            }
        }
        System.out.printf(
                "%d rounds EQUAL, seeds %d to %d; struck: %s%n", rounds, seed, seed + rounds - 1, attack.tally());
        attack.close();
        System.exit(0);
    }

    /** One round, whose plan its seed alone decides. Throws unless it ends with equal databases. */
    void round(long seed) throws Exception {
        long since = System.nanoTime();
        Random random = new Random(seed);
        boolean anew = random.nextInt(5) == 0;
        boolean two = random.nextInt(3) == 0;
        long length = 5000L + random.nextInt(6000);
        List<Blow> blows = Blow.some(random, 1 + random.nextInt(5), length, two, anew);
        say("seed %d: %s, %s", seed, anew ? "set up anew" : "goes on", two ? "two instances" : "one instance");
        prepare(anew, random, seed % 2 == 0 ? 1 : 3);
        pipeline.useTwoInstances(two);
        long transactions;
        try (Load load = AttackLoad.start(pipeline.scenario().source(), seed)) {
            strike(blows, length);
            transactions = load.stop();
        }
        long drainSince = System.nanoTime();
        drain(anew);
        pipeline.takeEndings().forEach(ending -> say("  %s", ending));
        say(
                "  EQUAL %s after %.1f s, %d transactions, round of %.0f s",
                rows(), seconds(drainSince), transactions, seconds(since));
    }

    List<Blow> blows() {
        return struck;
    }

    /** How many instances came to the point at which they were to be killed. */
    int crashes() {
        return pipeline.crashes();
    }

    /** How often another part was killed while Caravan stood at a point. */
    int struckAtPoints() {
        return pipeline.struckAtPoints();
    }

    private String tally() {
        String blows = struck.stream()
                .collect(Collectors.groupingBy(Blow::name, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(each -> each.getValue() + " " + each.getKey())
                .collect(Collectors.joining(", "));
        return blows + "; " + crashes() + " came to the point of their crash, " + struckAtPoints()
                + " parts were killed while Caravan stood at one";
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    /**
     * A pipeline that is set up anew has an empty target, and topics and offsets that a reset has removed; one that goes on
     * streams already.
     *
     * @param partitions that topics of tables get which are set up now
     */
    private void prepare(boolean anew, Random random, int partitions) throws Exception {
        boolean softly = random.nextBoolean();
        if (pipeline == null) {
            pipeline = new AttackedPipeline(Scenario.create(directory, AttackLoad.schema()));
            pipeline.usePartitions(partitions);
            if (!anew) {
                pipeline.keep();
                pipeline.first().awaitReady();
            }
        } else if (anew) {
            pipeline.useTwoInstances(false);
            if (softly) {
                pipeline.first().stop();
            } else {
                pipeline.first().kill(0);
            }
            CaravanProcess reset = pipeline.scenario().folder().command("reset", "--yes", "--target-data");
            if (reset.exitCode() != 0) {
                throw new AssertionError("reset ended with exit code " + reset.exitCode() + ": " + reset.output());
            }
            pipeline.usePartitions(partitions);
        }
    }

    private record Due(long at, Runnable action) {}

    /** Every blow, for at least this long; returns when the last part that was frozen goes on. */
    private void strike(List<Blow> blows, long millis) throws Exception {
        pipeline.keep();
        long start = System.currentTimeMillis();
        PriorityQueue<Due> ends = new PriorityQueue<>((a, b) -> Long.compare(a.at(), b.at()));
        int next = 0;
        long now = start;
        while (now < start + millis || next < blows.size() || !ends.isEmpty()) {
            pipeline.keep();
            now = System.currentTimeMillis();
            if (!ends.isEmpty() && ends.peek().at() <= now) {
                ends.poll().action().run();
            } else if (next < blows.size() && start + blows.get(next).at() <= now) {
                Blow blow = blows.get(next++);
                say("  %.1f s %s", (now - start) / 1000.0, blow);
                struck.add(blow);
                ends.add(new Due(now + blow.lasts(), pipeline.strike(blow)));
            } else {
                Thread.sleep(20);
            }
        }
    }

    /**
     * Returns when the target has what the source has, and no row was set aside on the way. A TRUNCATE that comes between the
     * snapshot and the COPY of a table leaves none of the rows that updates before it look for, and settles their letters.
     */
    private void drain(boolean copied) throws Exception {
        Fingerprint[] source = new Fingerprint[1];
        Await.until(DRAIN_LIMIT, this::differences, () -> {
            pipeline.keep();
            if (source[0] == null) {
                source[0] = Fingerprint.of(pipeline.scenario().source());
            }
            return source[0].equals(Fingerprint.of(pipeline.scenario().target())) && pipeline.isCalm();
        });
        if (copied) {
            pipeline.scenario().target().execute("delete from caravan.dead_letter where state = 'superseded'");
        }
        String letters = pipeline.scenario()
                .target()
                .query(
                        "select string_agg(concat_ws(' ', table_name, op, state, sqlstate, error), E'\\n') from caravan.dead_letter");
        if (letters != null) {
            throw new AssertionError("Equal, but rows were set aside on the way:\n" + letters);
        }
    }

    private String differences() {
        return pipeline.scenario().databases().differences("");
    }

    private String rows() throws SQLException {
        Fingerprint target = Fingerprint.of(pipeline.scenario().target());
        return "%d rows in %d tables".formatted(target.rows(), target.tables().size());
    }

    private void tell(Throwable failure, long seed) throws IOException {
        say("  FAILED, seed %d: %s", seed, failure);
        failure.printStackTrace(out);
        if (pipeline != null) {
            pipeline.takeEndings().forEach(ending -> say("  %s", ending));
            for (Instance instance : pipeline.instances()) {
                say("  %s printed:%n%s", instance.folder().path().getFileName(), instance.output());
                instance.dumpThreads(directory);
            }
            tellStatus();
        }
        say("  everything is left in %s", directory);
    }

    private void tellStatus() throws IOException {
        try {
            say("  status:%n%s", pipeline.scenario().folder().command("status").output());
        } catch (AssertionError e) {
            say("  status does not answer: %s", e.getMessage());
        }
    }

    private void say(String format, Object... values) {
        String time = LocalTime.now(ZoneOffset.UTC)
                .format(DateTimeFormatter.ISO_LOCAL_TIME)
                .substring(0, 8);
        out.println(time + " " + String.format(Locale.ROOT, format, values));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        if (pipeline != null) {
            pipeline.close();
        }
    }
}
