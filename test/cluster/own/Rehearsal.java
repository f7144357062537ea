import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.apache.spark.examples.SparkPi;
import org.apache.spark.sql.SparkSession;

/** Loads what drivers of the tests load, for the archive of classes: Spark on a Kubernetes that has no executors, its REST API, and a job. */
public final class Rehearsal {
  static final String DRIVER = "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"driver\", \"namespace\": \"default\", \"uid\": \"0\"},"
      + " \"status\": {\"phase\": \"Running\", \"conditions\": [{\"type\": \"Ready\", \"status\": \"True\"}]}}";
  static final String PODS = "{\"apiVersion\": \"v1\", \"kind\": \"PodList\", \"metadata\": {\"resourceVersion\": \"1\"}, \"items\": [" + DRIVER + "]}";

  /** An API server with one pod, that believes everything, and whose watches end at once. */
  static void answer(HttpExchange request) throws IOException {
    byte[] sent = request.getRequestBody().readAllBytes();
    String path = request.getRequestURI().getPath(), query = request.getRequestURI().getQuery();
    byte[] answer = request.getRequestMethod().equals("POST") ? sent
        : query != null && query.contains("watch=true") ? new byte[0]
        : (path.endsWith("/pods") ? PODS : DRIVER).getBytes();
    request.getResponseHeaders().set("Content-Type", "application/json");
    request.sendResponseHeaders(200, answer.length == 0 ? -1 : answer.length);
    request.getResponseBody().write(answer);
    request.close();
  }

  public static void main(String[] args) throws Exception {
    HttpServer api = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    api.createContext("/", Rehearsal::answer);
    api.start();
    SparkSession onKubernetes = SparkSession.builder().master("k8s://http://127.0.0.1:" + api.getAddress().getPort())
        .config("spark.kubernetes.driver.pod.name", "driver").config("spark.kubernetes.container.image", "none")
        .config("spark.scheduler.minRegisteredResourcesRatio", "0").getOrCreate();
    Thread.sleep(2000); // until it has asked for executors
    onKubernetes.stop();
    api.stop(0);

    SparkSession here = SparkSession.builder().master("local[1]").getOrCreate();
    String application = here.sparkContext().uiWebUrl().get() + "/api/v1/applications/" + here.sparkContext().applicationId();
    for (String of : new String[] {"/stages", "/allexecutors"})
      HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(application + of)).build(), HttpResponse.BodyHandlers.ofString());
    SparkPi.main(args);
  }
}
