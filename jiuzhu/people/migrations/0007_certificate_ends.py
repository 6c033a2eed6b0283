from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0006_temporary_aid")]

    operations = [
        migrations.AddField("membership", "disability_until", models.DateField("残疾证有效期至", null=True)),
    ]
