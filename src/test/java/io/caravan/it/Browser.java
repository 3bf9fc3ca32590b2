package io.caravan.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** Headless Chromium, as Debian packages it, with one page open. */
final class Browser implements AutoCloseable {
    private static final Duration SOON = Duration.ofSeconds(30);
    /** What ends beyond the right edge, be it in a box that scrolls; but for the ends of lines in a picture. */
    private static final String STICKS_OUT = "return [...document.querySelectorAll('body *')]"
            + ".filter(each => !each.closest('svg') && each.getBoundingClientRect().right > document.documentElement.clientWidth)"
            + ".map(each => each.outerHTML.slice(0, 100))";

    private static final Path PICTURES = Path.of("target", "page");

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** @param profile a directory for what the browser remembers */
    static Browser open(Path profile, String url) {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/chromedriver")), "There is no Chromium on this machine.");
        ChromeOptions options = new ChromeOptions()
                .setBinary("/usr/bin/chromium")
                .addArguments(
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--window-size=1280,1000",
                        "--user-data-dir=" + profile);
        ChromeDriverService driver = new ChromeDriverService.Builder()
                .usingDriverExecutable(new File("/usr/bin/chromedriver"))
                .usingAnyFreePort()
                .build();
        Browser browser = new Browser(new ChromeDriver(driver, options));
        browser.driver.get(url);
        return browser;
    }

    /** What a person reads there. */
    String text(String css) {
        return drawn(() -> find(css).getText());
    }

    /** What the element has for the attribute; null when it has none. */
    @Nullable
    String attribute(String css, String name) {
        return drawn(() -> find(css).getDomAttribute(name));
    }

    /** The class that the page gives to a step of the data's path; null when nothing is said of it. */
    @Nullable
    String stateOf(String station) {
        return attribute("[data-station='" + station + "']", "class");
    }

    /** The name of its tab. */
    String title() {
        return String.valueOf(script("return document.title"));
    }

    WebElement find(String css) {
        return driver.findElement(By.cssSelector(css));
    }

    List<String> texts(String css) {
        return drawn(() -> driver.findElements(By.cssSelector(css)).stream()
                .map(WebElement::getText)
                .toList());
    }

    /** The page draws its parts anew once a second, so an element that was found may be gone a moment later. */
    private static <T extends @Nullable Object> T drawn(Supplier<T> look) {
        for (int more = 5; ; more--) {
            try {
                return look.get();
            } catch (StaleElementReferenceException e) {
                if (more == 0) {
                    throw e;
                }
            }
        }
    }

    void click(String css) {
        drawn(() -> {
            find(css).click();
            return css;
        });
    }

    WebElement focused() {
        return driver.switchTo().activeElement();
    }

    Object script(String javaScript) {
        return driver.executeScript(javaScript);
    }

    void awaitText(String css, String pattern) {
        await(css + " " + pattern)
                .atMost(SOON)
                .ignoreExceptionsInstanceOf(WebDriverException.class) // an element that was drawn anew meanwhile
                .untilAsserted(() -> assertThat(text(css)).containsPattern(pattern));
    }

    /** Takes pictures for people to look at: light, dark, and as on a phone; nothing may stick out at the side, in windows of other widths either. */
    void photograph(String name) throws IOException {
        awaitFit();
        picture(name + "-light");
        Object light = background();
        scheme("dark");
        assertThat(background()).as("the page in the dark").isNotEqualTo(light);
        picture(name + "-dark");
        for (int width : List.of(1000, 800)) {
            screen(Map.of("width", width, "height", 844, "deviceScaleFactor", 1, "mobile", false));
            awaitFit();
        }
        screen(Map.of("width", 390, "height", 844, "deviceScaleFactor", 2, "mobile", true));
        awaitFit();
        picture(name + "-phone");
        driver.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
        scheme("light");
    }

    private void awaitFit() {
        await("the page fits").atMost(SOON).untilAsserted(() -> {
            assertThat(script("return document.documentElement.scrollWidth"))
                    .isEqualTo(script("return document.documentElement.clientWidth"));
            assertThat(script(STICKS_OUT)).isEqualTo(List.of());
        });
    }

    private Object background() {
        return script("return getComputedStyle(document.body).backgroundColor");
    }

    private void scheme(String scheme) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    private void screen(Map<String, Object> metrics) {
        driver.executeCdpCommand("Emulation.setDeviceMetricsOverride", metrics);
    }

    private void picture(String name) throws IOException {
        Object whole = driver.executeCdpCommand("Page.captureScreenshot", Map.of("captureBeyondViewport", true))
                .get("data");
        Files.write(
                Files.createDirectories(PICTURES).resolve(name + ".png"),
                Base64.getDecoder().decode(String.valueOf(whole)));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
