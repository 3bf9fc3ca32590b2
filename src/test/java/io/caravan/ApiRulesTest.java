package io.caravan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** By which requests the routes are set off that the page and the commands call. */
class ApiRulesTest {
    private static final String READS = "GET";
    private static final String ACTS = "POST";

    /** A link, an image or a browser that fetches ahead sends a GET, and a form of another origin no JSON. */
    private static final String ACTS_ON_JSON = "POST application/json";

    @Test
    void whatActsIsAPostAndWhatReadsABodyWantsJson() {
        Map<String, String> requests = new TreeMap<>();
        for (RouteFile file : RouteFile.all()) {
            for (JsonNode route : file.find("route")) {
                String uri = route.at("/from/uri").asText();
                if (uri.startsWith("platform-http:")) {
                    JsonNode options = route.at("/from/parameters");
                    requests.put(
                            uri.replace("platform-http:", ""),
                            (options.path("httpMethodRestrict").asText() + " "
                                            + options.path("consumes").asText())
                                    .strip());
                }
            }
        }

        assertThat(requests)
                .isEqualTo(Map.of(
                        "/", READS,
                        "/page/{file}", READS,
                        "/api/status", READS,
                        "/api/history", READS,
                        "/api/dead-letters", READS,
                        "/api/verify", ACTS,
                        "/api/tables/{table}/resync", ACTS,
                        "/api/dead-letters/replay", ACTS_ON_JSON,
                        "/api/dead-letters/discard", ACTS_ON_JSON));
    }
}
