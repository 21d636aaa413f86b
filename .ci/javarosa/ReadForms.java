import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.FormIndex;
import org.javarosa.form.api.FormEntryController;
import org.javarosa.form.api.FormEntryModel;

/**
 * Reads XForms with JavaRosa, which ODK Collect runs, and walks each from its first question to its
 * last, as a person does who answers nothing: labels, hints, choices and repeats. The files that a
 * form needs stand beside it.
 */
public final class ReadForms {
  public static void main(String[] files) {
    int failed = 0;
    for (String file : files) {
      try {
        System.out.println("ok " + file + ": " + walk(Path.of(file)));
      } catch (Exception | StackOverflowError failure) {
        failed++;
        System.out.println("FAILED " + file + ": " + failure);
      }
    }
    System.out.println((files.length - failed) + " passed, " + failed + " failed");
    System.exit(failed == 0 && files.length > 0 ? 0 : 1);
  }

  private static String walk(Path file) throws Exception {
    FormDef form = FormLoader.open(Files.readString(file), file.toAbsolutePath().getParent());
    List<String> complaints = new ArrayList<>(form.getParseErrors());
    for (String warning : form.getParseWarnings()) {
      // The specification has this attribute, which JavaRosa looks at and warns of all the same.
      if (!warning.contains("will be ignored: [xforms-version]")) complaints.add(warning);
    }
    if (!complaints.isEmpty()) throw new IllegalStateException(String.join("; ", complaints));
    FormEntryModel model = new FormEntryModel(form);
    FormEntryController controller = new FormEntryController(model);
    String[] languages = model.getLanguages();
    int questions = 0;
    for (String language : languages == null ? new String[] {null} : languages) {
      if (language != null) controller.setLanguage(language);
      questions = pass(model, controller);
    }
    return questions + " questions, " + (languages == null ? 1 : languages.length) + " languages";
  }

  private static int pass(FormEntryModel model, FormEntryController controller) {
    int questions = 0;
    controller.jumpToIndex(FormIndex.createBeginningOfFormIndex());
    for (int event = controller.stepToNextEvent(); ; event = controller.stepToNextEvent()) {
      switch (event) {
        case FormEntryController.EVENT_END_OF_FORM:
          return questions;
        case FormEntryController.EVENT_QUESTION:
          questions++;
          var prompt = model.getQuestionPrompt();
          prompt.getQuestionText();
          prompt.getHelpText();
          if (prompt.getSelectChoices() != null) {
            for (var choice : prompt.getSelectChoices()) prompt.getSelectChoiceText(choice);
          }
          break;
        case FormEntryController.EVENT_PROMPT_NEW_REPEAT:
          // One instance of each repeat is looked at; the next prompt is answered with no.
          if (model.getFormIndex().getElementMultiplicity() == 0) controller.newRepeat();
          break;
        default:
          model.getCaptionPrompt().getQuestionText();
      }
    }
  }
}
