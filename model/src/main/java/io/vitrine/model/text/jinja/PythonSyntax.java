package io.vitrine.model.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

import com.hubspot.jinjava.el.ExtendedSyntaxBuilder;
import com.hubspot.jinjava.el.TruthyTypeConverter;
import com.hubspot.jinjava.el.ext.AdditionOperator;
import com.hubspot.jinjava.el.ext.AstNamedParameter;
import com.hubspot.jinjava.el.ext.CollectionMembershipOperator;
import com.hubspot.jinjava.el.ext.CollectionNonMembershipOperator;
import com.hubspot.jinjava.el.ext.ExtendedParser;
import com.hubspot.jinjava.el.ext.NamedParameterOperator;
import com.hubspot.jinjava.el.ext.StringConcatOperator;
import jinjava.de.odysseus.el.misc.TypeConverter;
import jinjava.de.odysseus.el.tree.Bindings;
import jinjava.de.odysseus.el.tree.impl.Builder;
import jinjava.de.odysseus.el.tree.impl.Parser;
import jinjava.de.odysseus.el.tree.impl.Scanner;
import jinjava.de.odysseus.el.tree.impl.ast.AstBinary;
import jinjava.de.odysseus.el.tree.impl.ast.AstChoice;
import jinjava.de.odysseus.el.tree.impl.ast.AstIdentifier;
import jinjava.de.odysseus.el.tree.impl.ast.AstLiteral;
import jinjava.de.odysseus.el.tree.impl.ast.AstNode;
import jinjava.de.odysseus.el.tree.impl.ast.AstNull;
import jinjava.de.odysseus.el.tree.impl.ast.AstParameters;
import jinjava.de.odysseus.el.tree.impl.ast.AstUnary;
import jinjava.javax.el.ELContext;
import org.jspecify.annotations.Nullable;

/** jinjava's expression language with the operators of {@link PythonValues}. */
final class PythonSyntax extends ExtendedSyntaxBuilder {

    private static final long serialVersionUID = 1L;

    PythonSyntax() {
        super(Builder.Feature.METHOD_INVOCATIONS, Builder.Feature.VARARGS);
    }

    @Override
    protected Parser createParser(String expression) {
        return new PythonParser(this, expression);
    }

    /** Conditions, {@code not} and {@code or} ask the converter what is true. */
    static final class Truth extends TruthyTypeConverter {

        private static final long serialVersionUID = 1L;

        @Override
        protected Boolean coerceToBoolean(@Nullable Object value) {
            return PythonValues.truth(value);
        }
    }

    private static final class PythonParser extends ExtendedParser {

        PythonParser(PythonSyntax syntax, String expression) {
            super(syntax, expression);
            putExtensionHandler(
                    StringConcatOperator.TOKEN,
                    operator(
                            ExtensionPoint.ADD,
                            (a, b) -> PythonValues.joined(PythonValues.text(a), PythonValues.text(b))));
            putExtensionHandler(
                    CollectionMembershipOperator.TOKEN,
                    operator(ExtensionPoint.CMP, (item, container) -> PythonValues.contains(container, item)));
            putExtensionHandler(
                    CollectionNonMembershipOperator.TOKEN,
                    operator(ExtensionPoint.CMP, (item, container) -> !PythonValues.contains(container, item)));
        }

        /** In Python {@code not a == b} is {@code not (a == b)}; the expression language would compare {@code not a}. */
        @Override
        protected AstNode eq(boolean required) throws Scanner.ScanException, ParseException {
            if (getToken().getSymbol() == Scanner.Symbol.NOT) {
                consumeToken();
                return createAstUnary(eq(true), AstUnary.NOT);
            }
            return super.eq(required);
        }

        @Override
        protected AstBinary createAstBinary(AstNode left, AstNode right, AstBinary.Operator operator) {
            return super.createAstBinary(left, right, python(operator));
        }

        private static AstBinary.Operator python(AstBinary.Operator operator) {
            if (operator == AdditionOperator.OP) {
                return new Simple(PythonValues::sum);
            } else if (operator == AstBinary.EQ) {
                return new Simple(PythonValues::equal);
            } else if (operator == AstBinary.NE) {
                return new Simple((a, b) -> !PythonValues.equal(a, b));
            }
            return operator == AstBinary.AND ? new And() : operator;
        }

        /** A choice without {@code else} is undefined where its condition does not hold. */
        @Override
        protected AstChoice createAstChoice(AstNode condition, AstNode then, AstNode otherwise) {
            return super.createAstChoice(condition, then, otherwise instanceof AstNull ? new NoElse() : otherwise);
        }

        /** A test may follow a filter: {@code xs|first is defined}. */
        @Override
        protected AstNode filter(boolean required) throws Scanner.ScanException, ParseException {
            AstNode value = super.filter(required);
            while (value != null && getToken().getImage().equals("is")) {
                consumeToken();
                boolean negated = getToken().getSymbol() == Scanner.Symbol.NOT;
                if (negated) {
                    consumeToken();
                }
                value = test(value, negated ? "evaluateNegated" : "evaluate");
            }
            return value;
        }

        private AstNode test(AstNode value, String method) throws Scanner.ScanException, ParseException {
            AstIdentifier test = identifier(EXPTEST_PREFIX + consumeToken().getImage());
            List<AstNode> parameters = new ArrayList<>(List.of(value, interpreter()));
            AstNode operand = value();
            if (operand != null) {
                parameters.add(operand);
            }
            return createAstMethod(createAstDot(test, method, true), createAstParameters(parameters));
        }

        /** {@code name=a - b} names the whole difference; the expression language would take {@code b} from the name. */
        @Override
        protected AstParameters params(Scanner.Symbol left, Scanner.Symbol right)
                throws Scanner.ScanException, ParseException {
            consumeToken(left);
            List<AstNode> parameters = new ArrayList<>();
            while (getToken().getSymbol() != right) {
                parameters.add(parameter());
                if (getToken().getSymbol() != Scanner.Symbol.COMMA) {
                    break;
                }
                consumeToken();
            }
            consumeToken(right);
            return createAstParameters(parameters);
        }

        private AstNode parameter() throws Scanner.ScanException, ParseException {
            if (getToken().getSymbol() != Scanner.Symbol.IDENTIFIER || lookahead(0) != NamedParameterOperator.TOKEN) {
                return expr(true);
            }
            AstIdentifier name = identifier(consumeToken().getImage());
            consumeToken();
            return new AstNamedParameter(name, expr(true));
        }

        private static ExtensionHandler operator(
                ExtensionPoint precedence, BiFunction<@Nullable Object, @Nullable Object, Object> function) {
            return new ExtensionHandler(precedence) {
                @Override
                public AstNode createAstNode(AstNode... children) {
                    return new AstBinary(children[0], children[1], new Simple(function));
                }
            };
        }
    }

    private static final class Simple extends AstBinary.SimpleOperator {

        private final BiFunction<@Nullable Object, @Nullable Object, Object> function;

        Simple(BiFunction<@Nullable Object, @Nullable Object, Object> function) {
            this.function = function;
        }

        @Override
        protected Object apply(TypeConverter converter, @Nullable Object left, @Nullable Object right) {
            return function.apply(left, right);
        }
    }

    /** Gives one of the operands, and looks at the second only if it must. */
    private static final class And implements AstBinary.Operator {

        @Override
        public @Nullable Object eval(Bindings bindings, ELContext context, AstNode left, AstNode right) {
            Object first = left.eval(bindings, context);
            return PythonValues.truth(first) ? right.eval(bindings, context) : first;
        }
    }

    private static final class NoElse extends AstLiteral {

        @Override
        public Object eval(Bindings bindings, ELContext context) {
            return Undefined.NO_ELSE;
        }

        @Override
        public void appendStructure(StringBuilder structure, Bindings bindings) {
            structure.append("undefined");
        }
    }
}
