package io.caravan.pipeline;

import io.caravan.apply.LetterSelection;
import io.caravan.apply.Letters;
import io.caravan.apply.Replay;
import io.caravan.config.Settings;
import java.util.List;
import org.apache.camel.main.Main;
import org.jspecify.annotations.Nullable;

/**
 * The dead letters of a pipeline and, once something is replayed, the routes that apply them, edited ones included: those of
 * the files {@code 2*} and {@code 3*}, without any that reads a topic. The ledger's lock lets it work beside a running process.
 */
public final class Replaying implements AutoCloseable {
    private final Settings settings;
    private final Pipeline pipeline;
    private @Nullable Main main;

    public Replaying(Settings settings) {
        this.settings = settings;
        this.pipeline = new Pipeline(settings, note -> {});
    }

    public Letters letters() {
        return pipeline.letters;
    }

    @SuppressWarnings("unchecked") // what the route ends with
    public List<Replay.Outcome> replay(LetterSelection selection) throws Exception {
        Main camel = CamelMain.of(settings, "caravan-replay-" + settings.pipeline(), "2*.camel.yaml", "3*.camel.yaml");
        main = camel;
        pipeline.bind(camel.getCamelContext());
        camel.start();
        List<Replay> replays = camel.getCamelTemplate().requestBody("direct:replay", selection, List.class);
        return replays.stream().map(Replay::outcome).toList();
    }

    @Override
    public void close() {
        if (main != null) {
            main.stop();
        }
        pipeline.close();
    }
}
