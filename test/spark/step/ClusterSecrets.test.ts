import { assert, describe, it } from "@effect/vitest"
import { application, assertProblem, environment, mounts, submit } from "../../support/SparkFixture.ts"

const conf = (sparkConf: Readonly<Record<string, string>>, sparkVersion = "4.0.4") =>
  application({ sparkConf, sparkVersion })
const at = (key: string) => `spec.sparkConf["${key}"]`

describe("MountSecrets", () => {
  it("mounts Secrets as directories", () => {
    const { container, pod } = submit(conf({ "spark.kubernetes.driver.secrets.db": "/etc/db" }))
    assert.deepStrictEqual(pod.spec?.volumes?.[0], { name: "db-volume", secret: { secretName: "db" } })
    assert.include(mounts(container), "db-volume /etc/db")
  })

  it("refuses names of Secrets that cannot name a volume", () => {
    assertProblem(
      conf({ "spark.kubernetes.driver.secrets.my.db": "/etc/db" }),
      "spec.driver",
      /"my\.db-volume" is not a valid name of a volume/,
    )
  })

  it("passes keys of Secrets as variables, after the bind address", () => {
    const env = environment(submit(conf({ "spark.kubernetes.driver.secretKeyRef.PW": "db:password" })).container)
    assert.strictEqual(env[env.indexOf("SPARK_DRIVER_BIND_ADDRESS=status.podIP") + 1], "PW=db:password")
    const key = "spark.kubernetes.driver.secretKeyRef.PW"
    for (const value of ["db", "db:", ":pw", "db:a:b"]) assertProblem(conf({ [key]: value }), at(key), /<secret>:<key>/)
  })
})

describe("DriverCredentials", () => {
  it("writes the service account under both of its names", () => {
    const { spec } = submit(application({ driver: { serviceAccount: "spark" } })).pod
    assert.deepStrictEqual([spec?.serviceAccount, spec?.serviceAccountName], ["spark", "spark"])
  })

  it("keeps a template's service account when no other is given", () => {
    const template = { spec: { serviceAccountName: "mine" } }
    assert.strictEqual(submit(application({ driver: { template } })).pod.spec?.serviceAccountName, "mine")
  })

  it("refuses files of a submitting machine", () => {
    const key = "spark.kubernetes.authenticate.driver.caCertFile"
    assertProblem(conf({ [key]: "/ca.pem" }), at(key), /service account/)
  })

  it("keeps other tokens out of the properties", () => {
    assert.strictEqual(
      submit(conf({ "spark.my.oauthToken": "t" })).properties.get("spark.my.oauthToken"),
      "<present_but_redacted>",
    )
  })
})

describe("HadoopConf", () => {
  it("mounts an existing ConfigMap, and from 3.5 on lets executors do the same", () => {
    const sparkConf = { "spark.kubernetes.hadoop.configMapName": "hadoop" }
    const { container, pod, properties } = submit(conf(sparkConf))
    assert.deepStrictEqual(pod.spec?.volumes?.[0], { name: "hadoop-properties", configMap: { name: "hadoop" } })
    assert.include(mounts(container), "hadoop-properties /opt/hadoop/conf")
    assert.include(environment(container), "HADOOP_CONF_DIR=/opt/hadoop/conf")
    const key = "spark.kubernetes.executor.hadoopConfigMapName"
    assert.strictEqual(properties.get(key), "hadoop")
    assert.isFalse(submit(conf(sparkConf, "3.4.4")).properties.has(key))
  })
})

describe("KerberosConf", () => {
  it("mounts krb5.conf and tokens that are in the cluster", () => {
    const { container } = submit(
      conf({
        "spark.kubernetes.kerberos.krb5.configMapName": "krb5",
        "spark.kubernetes.kerberos.tokenSecret.name": "tokens",
        "spark.kubernetes.kerberos.tokenSecret.itemKey": "t",
      }),
    )
    assert.include(mounts(container), "krb5-file /etc/krb5.conf")
    assert.include(mounts(container), "hadoop-secret /mnt/secrets/hadoop-credentials")
    assert.include(environment(container), "HADOOP_TOKEN_FILE_LOCATION=/mnt/secrets/hadoop-credentials/t")
  })

  it("rejects incomplete pairs and files of a submitting machine", () => {
    const name = "spark.kubernetes.kerberos.tokenSecret.name"
    assertProblem(conf({ [name]: "t" }), at(name), /itemKey/)
    const path = "spark.kubernetes.kerberos.krb5.path"
    assertProblem(conf({ [path]: "/etc/krb5.conf" }), at(path), /ConfigMap/)
    const keytab = { "spark.kerberos.keytab": "/k", "spark.kerberos.principal": "p" }
    assertProblem(conf(keytab), at("spark.kerberos.keytab"), /Secret/)
    assert.isDefined(submit(conf({ ...keytab, "spark.kerberos.keytab": "local:///k" })))
  })
})
