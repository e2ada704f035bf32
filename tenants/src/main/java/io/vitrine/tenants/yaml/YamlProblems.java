package io.vitrine.tenants.yaml;

import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** What is wrong with a text that is no YAML, without an excerpt of it: it may be a file that was never meant to be shown. */
public final class YamlProblems {

    private YamlProblems() {}

    /** The problem with its line and column, counted from 1, where they are known. */
    public static String describe(YamlEngineException e) {
        if (e instanceof MarkedYamlEngineException marked
                && marked.getProblemMark().isPresent()) {
            var mark = marked.getProblemMark().get();
            return "is not valid YAML at line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1) + ": "
                    + marked.getProblem();
        }
        return "is not valid YAML";
    }
}
