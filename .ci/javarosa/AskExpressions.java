import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.nio.file.Path;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.instance.TreeElement;

/**
 * Asks JavaRosa what expressions make. Reads `[{name, xform}]`, writes `[{name, values, error}]`: the
 * texts of all nodes of that name in the form's new record, or why there is none.
 */
public final class AskExpressions {
  public static void main(String[] args) throws Exception {
    ObjectMapper json = new ObjectMapper();
    ArrayNode answers = json.createArrayNode();
    for (var question : json.readTree(new File(args[0]))) {
      String name = question.get("name").asText();
      ObjectNode answer = answers.addObject().put("name", name).put("error", "");
      ArrayNode values = answer.putArray("values");
      try {
        var form = FormLoader.open(question.get("xform").asText(), Path.of("."));
        collect(form.getMainInstance().getRoot(), name, values);
      } catch (Exception | StackOverflowError failure) {
        answer.put("error", failure.getClass().getSimpleName() + ": " + failure.getMessage());
      }
    }
    json.writeValue(new File(args[1]), answers);
  }

  private static void collect(TreeElement node, String name, ArrayNode values) {
    // A repeat's template is kept beside its instances.
    if (node.getMult() < 0) return;
    if (node.getName().equals(name)) {
      IAnswerData value = node.getValue();
      values.add(value == null ? "" : value.uncast().getString());
    }
    for (int i = 0; i < node.getNumChildren(); i++) collect(node.getChildAt(i), name, values);
  }
}
