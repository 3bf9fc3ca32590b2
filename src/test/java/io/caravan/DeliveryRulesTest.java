package io.caravan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What in {@code routes/} keeps a row from being lost or passed over when something fails. */
class DeliveryRulesTest {
    @Test
    void theOffsetIsCommittedLastAndByTheTemplateAlone() {
        JsonNode steps = RouteFile.definition("apply-table").at("/route/from/steps");

        assertThat(steps.get(steps.size() - 1).at("/bean/method").asText()).isEqualTo("commit");
        assertThat(RouteFile.all().stream().flatMap(file -> file.texts("method").stream()))
                .containsOnlyOnce("commit");
    }

    @Test
    void whatStepsOfOnesOwnLeaveIsLookedAtBeforeItIsApplied() {
        List<String> ids = new ArrayList<>();
        RouteFile.definition("apply-table")
                .at("/route/from/steps")
                .forEach(step -> step.forEach(node -> ids.add(node.path("id").asText())));

        assertThat(ids)
                .containsSubsequence("read", "remember-read", "pass-own-steps", "require-passed", "remember-batch");
    }

    @Test
    void nothingOnTheWayToTheCommitMarksAFailureAsHandled() {
        for (String name : List.of("20-apply-table", "30-dead-letters")) {
            RouteFile file = RouteFile.of(name);
            assertThat(file.find("handled")).isEmpty();
            assertThat(file.find("continued")).isEmpty();
            assertThat(file.find("deadLetterChannel")).isEmpty();
            for (JsonNode caught : file.find("doCatch")) {
                caught.forEach(
                        each -> assertThat(each.at("/onWhen/method/method").asText())
                                .as(each.toString())
                                .isEqualTo(isOfDrift(each) ? "" : "isRejection"));
            }
        }
    }

    /** A table that was altered on the source: the batch is applied anew, or fails as before. */
    private static boolean isOfDrift(JsonNode caught) {
        JsonNode steps = caught.path("steps");
        return steps.get(steps.size() - 1).at("/to/id").asText().equals("second-try")
                && caught.findValuesAsText("uri").equals(List.of("direct:apply-or-set-aside"))
                && caught.path("exception")
                        .toString()
                        .equals(
                                "[\"io.caravan.change.MissingColumnException\",\"io.caravan.change.UnidentifiedChangeException\",\"io.caravan.bootstrap.DriftException\"]");
    }

    @Test
    void anUnavailableTargetIsRetriedWithoutLimitAndNothingElseIs() {
        JsonNode exceptions = RouteFile.definition("failures-of-apply").path("onException");
        JsonNode unavailable = exceptions.get(0).path("onException");
        JsonNode rest = exceptions.get(1).path("onException");

        assertThat(exceptions).hasSize(2);
        assertThat(unavailable.at("/onWhen/method/method").asText()).isEqualTo("isUnavailable");
        assertThat(unavailable.at("/redeliveryPolicy/maximumRedeliveries").asInt())
                .isEqualTo(-1);
        assertThat(unavailable.at("/redeliveryPolicy/redeliveryDelay").asInt()).isPositive();
        assertThat(unavailable.at("/redeliveryPolicy/useExponentialBackOff").asBoolean())
                .as("asks a target ever less often that is away for long")
                .isTrue();
        assertThat(unavailable.at("/redeliveryPolicy/backOffMultiplier").asDouble())
                .isGreaterThan(1);
        assertThat(unavailable.at("/redeliveryPolicy/maximumRedeliveryDelay").asInt())
                .as("milliseconds that one that is back is not used")
                .isBetween(1000, 5000);
        assertThat(rest.at("/redeliveryPolicy/maximumRedeliveries").asInt(-1)).isZero();
    }

    /** Camel's own handler of a route below would call a failure exhausted, and the one around would not try it again. */
    @Test
    void aRouteOnTheWayOfABatchOrALetterLeavesItsFailuresToWhoeverCallsIt() {
        List<String> handling = new ArrayList<>();
        for (String name : List.of("20-apply-table", "25-own-steps", "30-dead-letters", "35-replay")) {
            for (JsonNode route : RouteFile.of(name).find("route")) {
                if (!route.path("errorHandler").has("noErrorHandler")) {
                    handling.add(route.path("id").asText("the template"));
                }
            }
        }

        assertThat(handling).containsExactly("the template", "replay");
        assertThat(RouteFile.definition("apply-table")
                        .at("/route/routeConfigurationId")
                        .asText())
                .isEqualTo("failures-of-apply");
    }

    @Test
    void whatIsNotWaitedForIsNotTriedAgain() {
        for (RouteFile file : RouteFile.all()) {
            for (JsonNode configuration : file.find("routeConfiguration")) {
                JsonNode exceptions = configuration.path("onException");
                JsonNode last = exceptions.get(exceptions.size() - 1).path("onException");
                assertThat(last.path("exception").toString())
                        .as(configuration.path("id").asText())
                        .isEqualTo("[\"java.lang.Throwable\"]");
                assertThat(last.at("/redeliveryPolicy/maximumRedeliveries").asInt(-1))
                        .isZero();
            }
        }
    }

    @Test
    void aFailureInsideASplitEndsTheWholeSplit() {
        for (String name : List.of("20-apply-table", "30-dead-letters", "35-replay")) {
            assertThat(RouteFile.of(name).find("split")).isNotEmpty().allMatch(split -> split.path("stopOnException")
                    .asBoolean());
        }
    }

    /** Camel's own {@code transacted} brings an error handler that keeps the one around it from trying again. */
    @Test
    void aTransactionIsTheOnlyStepOfItsRoute() {
        Map<String, String> policies = new HashMap<>();
        for (RouteFile file : RouteFile.all()) {
            assertThat(file.find("transacted")).isEmpty();
            for (JsonNode route : file.find("route")) {
                for (JsonNode policy : RouteFile.find(route, "policy")) {
                    assertThat(route.at("/from/steps")).hasSize(1);
                    assertThat(route.path("errorHandler").has("noErrorHandler")).isTrue();
                    policies.put(route.path("id").asText(), policy.path("ref").asText());
                }
            }
        }
        assertThat(policies)
                .isEqualTo(Map.of(
                        "apply-batch", "transaction",
                        "apply-in-halves", "transaction",
                        "apply-under-savepoint", "savepoint",
                        "replay-collapsed", "transaction",
                        "replay-in-order", "transaction"));
    }
}
