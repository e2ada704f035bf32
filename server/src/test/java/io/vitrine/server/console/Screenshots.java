package io.vitrine.server.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Makes the pictures of the README: the real server with SmolLM2 under some work of three tenants, in Chromium.
 * From the folder {@code server}: {@code java -cp … io.vitrine.server.console.Screenshots ../docs/img}.
 */
final class Screenshots {

    private static final int WIDTH = 1360;
    private static final int HEIGHT = 850;
    private static final int CLIENTS = 6;
    private static final int ROUNDS = 4;
    private static final List<String> PROMPTS = List.of(
            "Tell me a story about a fox and a crow.",
            "What is the capital of France?",
            "Explain in two sentences why the sky is blue.",
            "List five fruits that grow in Spain.",
            "Write a poem on autumn. ".repeat(25));

    private Screenshots() {}

    public static void main(String[] arguments) throws Exception {
        Path target = Path.of(arguments.length > 0 ? arguments[0] : "../docs/img");
        Path folder = Files.createTempDirectory("vitrine-screenshots");
        try (ConsoleServer server = ConsoleServer.start(folder);
                Browser browser = Browser.start()) {
            ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
            List<String> keys =
                    List.of(server.keyOf("acme", "infer"), server.keyOf("globex", "infer"), server.adminKey());
            List<Future<String>> work = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                int own = client;
                work.add(clients.submit(() -> converse(server, keys.get(own % keys.size()), own)));
            }
            signIn(server, browser);
            browser.size(WIDTH, HEIGHT);
            // Half of the work is done when the live pages are taken, so that lines have a past and slots are taken.
            converse(server, server.adminKey(), CLIENTS);
            take(
                    server,
                    browser,
                    "now",
                    target.resolve("console-now.png"),
                    "document.querySelectorAll('.slot:not(.free)').length > 0");
            take(
                    server,
                    browser,
                    "engine?t=5m",
                    target.resolve("console-engine.png"),
                    "document.querySelector('v-lanes')");
            String last = "";
            for (Future<String> done : work) {
                last = done.get();
            }
            clients.shutdown();
            take(
                    server,
                    browser,
                    "requests?t=5m",
                    target.resolve("console-requests.png"),
                    "document.querySelector('v-heat')?.map");
            take(
                    server,
                    browser,
                    "requests/" + last,
                    target.resolve("console-request.png"),
                    "document.querySelector('v-strip')");
            browser.open(server.page("try"));
            browser.type("input[name=max_tokens]", "60");
            browser.type("#prompt", "Write two sentences about the sea.");
            browser.click("#send");
            browser.await("the trace", "document.querySelector('v-trace')?.spans.length > 5");
            browser.run("document.querySelectorAll('.tok')[6]?.click()");
            browser.screenshot(target.resolve("console-try.png"));
        }
    }

    private static String converse(ConsoleServer server, String key, int client)
            throws IOException, InterruptedException {
        String last = "";
        for (int round = 0; round < ROUNDS; round++) {
            last = server.chat(
                    key, PROMPTS.get((client + round) % PROMPTS.size()), 24 + 16 * (round % 4), "client/" + client);
        }
        return last;
    }

    private static void signIn(ConsoleServer server, Browser browser) {
        browser.open(server.page("now"));
        browser.type("input[name=key]", server.adminKey());
        browser.press("Sign in");
        browser.await("the page", "document.querySelector('.topbar')");
        browser.run("document.documentElement.dataset.theme = 'dark'; localStorage.setItem('vitrine.theme', 'dark');");
    }

    private static void take(ConsoleServer server, Browser browser, String page, Path file, String ready) {
        browser.open(server.page(page));
        browser.await(page, ready);
        browser.runAsync("await new Promise(done => setTimeout(done, 1200)); return 1;");
        browser.screenshot(file);
    }
}
