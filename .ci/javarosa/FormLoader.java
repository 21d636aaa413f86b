import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.reference.PrefixedRootFactory;
import org.javarosa.core.reference.Reference;
import org.javarosa.core.reference.ReferenceManager;
import org.javarosa.core.services.IPropertyManager;
import org.javarosa.core.services.PropertyManager;
import org.javarosa.core.services.properties.IPropertyRules;
import org.javarosa.model.xform.XFormsModule;
import org.javarosa.xform.util.XFormUtils;

/** Loads XForms as ODK Collect does. */
final class FormLoader {
  static {
    new XFormsModule().registerModule();
    PropertyManager.setPropertyManager(new Phone());
  }

  private FormLoader() {}

  /** A form opened for a new record: defaults, preloads and calculations done. Files are taken from the folder. */
  static FormDef open(String xml, Path media) throws Exception {
    ReferenceManager references = ReferenceManager.instance();
    references.reset();
    String[] roots = {"file", "file-csv", "images", "audio", "video"};
    references.addReferenceFactory(new PrefixedRootFactory(roots) {
      @Override
      protected Reference factory(String terminal, String uri) {
        return new LocalFile(media.resolve(terminal), uri);
      }
    });
    byte[] bytes = xml.getBytes(StandardCharsets.UTF_8);
    FormDef form = XFormUtils.getFormFromInputStream(new ByteArrayInputStream(bytes));
    if (form == null) throw new IOException("no form came out");
    form.initialize(true, new InstanceInitializationFactory());
    return form;
  }

  private record LocalFile(Path path, String uri) implements Reference {
    @Override
    public boolean doesBinaryExist() {
      return Files.exists(path);
    }

    @Override
    public InputStream getStream() throws IOException {
      return Files.newInputStream(path);
    }

    @Override
    public String getURI() {
      return uri;
    }

    @Override
    public String getLocalURI() {
      return path.toString();
    }

    @Override
    public boolean isReadOnly() {
      return true;
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
      throw new IOException("read only");
    }

    @Override
    public void remove() throws IOException {
      throw new IOException("read only");
    }

    @Override
    public Reference[] probeAlternativeReferences() {
      return new Reference[0];
    }
  }

  /** What a phone knows of itself and of who holds it. */
  private static final class Phone implements IPropertyManager {
    @Override
    public List<String> getProperty(String name) {
      return List.of(getSingularProperty(name));
    }

    @Override
    public String getSingularProperty(String name) {
      return "phone's " + name;
    }

    @Override
    public void setProperty(String name, String value) {}

    @Override
    public void setProperty(String name, List<String> value) {}

    @Override
    public void addRules(IPropertyRules rules) {}

    @Override
    public List<IPropertyRules> getRules() {
      return List.of();
    }
  }
}
